import { isOfSecretsLeftOut } from '../../core/backup/workloads/choose-secrets.ts';
import { forcedInTheDark } from '../../core/plan/guard-answer.ts';
import { type LossAt, lossesOf } from '../../core/plan/losses-of-move.ts';
import { type PlanDocument, planDifferences, planDocument } from '../../core/plan/plan-document.ts';
import { activeStep, planGroup } from '../../core/plan/plan-group.ts';
import { procedures } from '../../core/plan/procedures.ts';
import { operationsAbout } from '../../core/plan/recorded-moves.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { isOfRunningWorkload } from '../../core/restore/plan-other.ts';
import { showLoss } from '../consent/show-loss.ts';
import type { Sites } from '../door/clusters.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { exitCodeOf, type Outcome } from '../progress/outcome.ts';
import { usageError } from '../usage-error.ts';
import { askFirst } from './ask-first.ts';
import { askGuardFirst } from './ask-guard-first.ts';
import { nothingToBring } from './bring-objects.ts';
import { carryOut } from './carry-out.ts';
import { type ChangeSignal, createChangeSignal } from './change-signal.ts';
import { gatherSource } from './gather-source.ts';
import { judgeOperation } from './judge-operation.ts';
import { needsLacking } from './needs-lacking.ts';
import { isGoneOnWith } from './open-record.ts';
import type { OperationFlags } from './operation-flags.ts';
import type { OperationRequest } from './operation-request.ts';
import { type Preset, parseOperationFlags } from './parse-operation-flags.ts';
import { prepareOperation } from './prepare-operation.ts';
import { chooseProgress } from './progress/choose-progress.ts';
import type { Progress } from './progress/progress.ts';
import { shareOutput } from './progress/share-output.ts';
import { readPlan } from './read-plan.ts';
import { renderPlan } from './render-plan.ts';
import { decideMissing } from './restore-missing.ts';
import { createSession, type Session } from './session.ts';
import { tellBlocks, tellConflicts, tellGuardRefusal } from './tell-blocks.ts';
import { tellEarlyEnd } from './tell-early-end.ts';

/** From this verbosity on, the number of requests is told. */
const countFrom = 1;

type Running = {
  readonly session: Session;
  readonly request: OperationRequest;
  readonly progress: Progress;
  readonly sites: Sites;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly changes: ChangeSignal;
  readonly onStarted: () => void;
  /** How the plan is to be printed; undefined: it is carried out. */
  readonly format: PlanFormat | undefined;
  /** A plan that was kept. */
  readonly planned: PlanDocument | undefined;
  /** The name of the operation that is taken back. */
  readonly adopt: string | undefined;
};

/** Says what stands against which group, and answers the groups that are open. */
const judge = ({ session, progress }: Running) => {
  const { open, refused, doubts, warnings } = judgeOperation(session);
  const facts = session.facts();
  const site = facts.sites.source.site.name;
  for (const message of warnings) progress.tell({ type: 'Warning', site, message });
  for (const doubt of doubts) progress.tell({ type: 'Warning', site, ...doubt });
  for (const { message, next } of session.prepared.unstoppable)
    progress.tell({ type: 'Failed', site, message, code: 'CannotStop', next });
  const isStoppable = session.prepared.unstoppable.length === 0;
  const outcomes = refused.map(({ group, blocks }) => tellBlocks(blocks, group.name, facts, progress));
  return {
    warnings: [...warnings, ...doubts.map(({ code, message }) => `${code}: ${message}`)],
    doubts,
    open: isStoppable ? open : [],
    outcomes: isStoppable ? outcomes : [...outcomes, ...open.map((): Outcome => 'Failed')],
  };
};

/** All conflicts of the restore are found before anything is taken down. Answers the groups that none of them is about. */
const withoutConflicts = async (
  { session, request, progress, io, signal }: Running,
  groups: Session['groups'],
): Promise<Session['groups']> => {
  const { source, prepared } = session;
  const target = prepared.sites.target.site;
  const { open, refused, decided } = await decideMissing({
    target,
    source,
    volumeHandles: request.volumeHandles,
    groups,
    parallel: request.parallel,
    timeoutMs: request.timeoutMs,
    report: () => undefined,
    io,
    signal,
  });
  // A return stops what runs on the older copy itself; what a move has promoted already may have been started by it.
  const isExpected = request.verb === 'failback' || prepared.unfinished?.pointOfNoReturnAt !== undefined;
  const isNews = (warning: string): boolean => !isExpected || !isOfRunningWorkload(warning);
  for (const message of (decided?.plan.warnings ?? []).filter(isNews))
    progress.tell({ type: 'Warning', site: target.name, message });
  for (const { group, conflicts } of refused) tellConflicts(conflicts, group.name, target, progress);
  return open;
};

/**
 * Nothing is restored for a promote that the guard refuses: it can read the source where this machine cannot. Answers the groups that it
 * says nothing against.
 */
const withoutGuardRefusals = async (
  { session, request, progress, io, signal }: Running,
  groups: Session['groups'],
): Promise<Session['groups']> => {
  const facts = session.facts();
  const target = session.prepared.sites.target.site;
  const refused = await askGuardFirst(forcedInTheDark(lossesOf(facts, groups, false)), {
    target,
    identityOf: ({ source }) => session.identityOf(source),
    parallel: request.parallel,
    io,
    signal,
  });
  for (const { volume, answer } of refused) tellGuardRefusal(volume, answer, facts, progress);
  const claims = new Set(refused.map(({ volume }) => claimKeyText(volume.source)));
  return groups.filter(({ volumes }) => !volumes.some(({ source }) => claims.has(claimKeyText(source))));
};

const tellNeeds = async (
  { session, progress, signal }: Running,
  groups: Session['groups'],
): Promise<readonly string[]> => {
  const lacking = await needsLacking(session, groups, signal);
  const site = session.prepared.sites.target.site.name;
  for (const message of lacking) progress.tell({ type: 'Warning', site, message });
  return lacking;
};

const planOf = (
  { session }: Running,
  groups: Session['groups'],
  warnings: readonly string[],
): PlanDocument => {
  const { recorded, paired } = session.prepared;
  const earlier = operationsAbout(recorded, [...paired.values()]);
  return planDocument(session.facts(), groups, { earlier, warnings });
};

/** What was asked for of a plan: to print it, and how. */
export type PlanFormat = 'table' | 'wide' | 'json' | 'yaml';

const printPlan = async (
  plan: PlanDocument,
  { losses, format, io }: { losses: readonly LossAt[]; format: PlanFormat; io: Io },
): Promise<void> => {
  if (format === 'json' || format === 'yaml') {
    const { formatDocument } = await import('../output/document.ts');
    io.stdout.write(await formatDocument(plan, format));
    return;
  }
  io.stdout.write(`${renderPlan(plan, { wide: format === 'wide' })}\n`);
  if (losses.length > 0)
    io.stdout.write(`\n${showLoss(losses.map(({ volume, need }) => ({ key: volume.target, need })))}`);
};

const planCommand = (session: Session): string | undefined => {
  const { verb, commandFor, sites } = session.facts();
  return verb === 'undo'
    ? undefined
    : commandFor(verb, sites.target.site).replace(/^kubectl dr /, 'kubectl dr plan ');
};

/** A plan that was kept is run only while it is what would be done now. */
const tellDifferences = (running: Running, now: PlanDocument): boolean => {
  const { planned, progress, session } = running;
  if (planned === undefined) return false;
  const found = planDifferences(planned, now);
  const site = session.facts().sites.target.site.name;
  for (const message of found) progress.tell({ type: 'Refused', site, message, code: 'PlanOutdated' });
  if (found.length > 0)
    progress.tell({
      type: 'Refused',
      site,
      message: 'the facts of the plan do not hold any more, and nothing was changed',
      code: 'PlanOutdated',
      next: planCommand(session),
    });
  return found.length > 0;
};

/** Begun by a run that has ended before it could say so: its record is to be closed. */
const hasOpenRecord = ({ session, adopt }: Running, groups: Session['groups']): boolean => {
  const { unfinished, recorded } = session.prepared;
  if (unfinished === undefined || unfinished.name === adopt) return unfinished !== undefined;
  const volumes = groups.flatMap((group) => group.volumes);
  return isGoneOnWith(unfinished, session, { recorded, volumes });
};

/** What is primary here may be the older copy: only the site that cannot be read tells. */
const tellDarkSource = ({ session, progress }: Running): void => {
  const { site, view } = session.facts().sites.source;
  const why = view.known ? '' : ` (${view.why})`;
  const message = `cannot be read${why}: it may be primary, too, and hold what was written since`;
  progress.tell({ type: 'Warning', site: site.name, message });
};

/** Everything is where it is to be: no record is made of nothing. */
const isThereAlready = (running: Running, groups: Session['groups']): boolean => {
  const { session, progress } = running;
  const facts = session.facts();
  if (groups.some((group) => activeStep(planGroup(facts, group)) !== undefined)) return false;
  if (hasOpenRecord(running, groups)) return false;
  const { name } = facts.sites.target.site;
  const count = groups.flatMap(({ volumes }) => volumes).length;
  if (!facts.sites.source.view.known) tellDarkSource(running);
  const message = `is primary for ${count === 1 ? 'the volume' : `all ${count} volumes`} already`;
  progress.tell({ type: 'Done', site: name, message });
  return true;
};

const follow = async (running: Running): Promise<ExitCode> => {
  const { session, io } = running;
  running.signal.throwIfAborted();
  const judged = judge(running);
  const { doubts, warnings } = judged;
  if (judged.open.length === 0) return exitCodeOf(judged.outcomes);
  if (isThereAlready(running, judged.open)) return exitCodeOf([...judged.outcomes, 'Unchanged']);
  const restorable = await withoutConflicts(running, judged.open);
  const open = await withoutGuardRefusals(running, restorable);
  const stopped = judged.open.filter((group) => !restorable.includes(group)).map((): Outcome => 'Failed');
  const forbidden = restorable.filter((group) => !open.includes(group)).map((): Outcome => 'Refused');
  const outcomes = [...judged.outcomes, ...stopped, ...forbidden];
  running.signal.throwIfAborted();
  if (open.length === 0) return exitCodeOf(outcomes);
  const plan = planOf(running, open, [...warnings, ...(await tellNeeds(running, open))]);
  running.signal.throwIfAborted();
  if (running.format !== undefined) {
    const losses = lossesOf(session.facts(), open, false);
    await printPlan(plan, { losses, format: running.format, io });
    return exitCodeOf([...outcomes, 'Planned']);
  }
  if (tellDifferences(running, plan)) return exitCode.refused;
  const given = await askFirst(running, { groups: open, plan, doubts });
  if (given === undefined) return exitCode.refused;
  const { losses, groups } = given;
  session.accept(losses);
  const refused = open.filter((group) => !groups.includes(group)).map((): Outcome => 'Refused');
  if (groups.length === 0) return exitCodeOf([...outcomes, ...refused]);
  const carried = await carryOut({ ...running, groups, losses });
  if (carried.exit !== undefined) return carried.exit;
  return exitCodeOf([...outcomes, ...refused, ...carried.outcomes]);
};

/** What a procedure is run with, beside its flags. */
export type RunOptions = {
  /** What a record says instead of the command line. */
  readonly preset?: Preset;
  readonly adopt?: string;
  readonly format?: PlanFormat;
};

const presetOf = (planned: PlanDocument | undefined, { preset }: RunOptions): Preset | undefined =>
  planned === undefined ? preset : { keys: planned.volumes.map(({ source }) => source), to: planned.to };

const refuseBoth = (flags: OperationFlags): void => {
  const isTyped = (flags.target ?? []).length > 0 || flags.selector !== undefined || flags['all-namespaces'];
  if (isTyped || flags.to !== undefined)
    throw usageError('a plan says itself what is moved, and where to', 'leave out --plan, or the rest');
};

/** Everything that is needed before anything is decided. */
const start = async (
  request: OperationRequest,
  sites: Sites,
  { io, changes, format, signal }: Pick<Running, 'io' | 'changes' | 'format' | 'signal'>,
) => {
  const prepared = await prepareOperation(request, sites, { io, signal, onChange: changes.notify });
  const source = request.verb === 'undo' ? nothingToBring : await gatherSource(prepared, io, signal);
  const isBackedUp = format === undefined && request.backupDirectory !== undefined;
  const isNews = (remark: string): boolean => isBackedUp || !isOfSecretsLeftOut(remark);
  for (const remark of source.source.remarks.filter(isNews)) io.stderr.line(remark);
  return createSession(prepared, source);
};

/** A whole procedure, from its flags to its exit code. */
export const runOperation = async (
  verb: OperationRequest['verb'],
  flags: OperationFlags,
  given: Io,
  options: RunOptions = {},
): Promise<ExitCode> => {
  // Warnings of the servers are printed by whoever hears them, and must not get into a list that is drawn.
  const io = { ...given, stderr: shareOutput(given.stderr) };
  if (flags.plan !== undefined) refuseBoth(flags);
  const planned = flags.plan === undefined ? undefined : await readPlan(flags.plan, io.signal);
  const request = parseOperationFlags(verb, flags, io, presetOf(planned, options));
  const format = options.format ?? (request.dryRun === 'client' ? 'table' : undefined);
  const { openSites, closeSites } = await import('../door/clusters.ts');
  const { requestTimeoutMs, parallel } = request;
  const maxSockets = Math.min(parallel, mostSockets);
  const sites = await openSites({ ...flags, requestTimeoutMs, maxSockets }, io);
  let isStarted = false;
  const following = new AbortController();
  const changes = createChangeSignal();
  const stopEarly = (): void => following.abort(io.signal.reason);
  io.signal.addEventListener('abort', stopEarly, { once: true });
  try {
    const { signal } = following;
    const session = await start(request, sites, { io, changes, format, signal });
    const drawn = { kinds: procedures[verb], groups: session.groups.length };
    return await follow({
      session,
      request,
      progress: chooseProgress(verb, request.output, drawn, io),
      sites,
      io,
      signal,
      changes,
      onStarted: () => {
        isStarted = true;
        io.signal.removeEventListener('abort', stopEarly);
      },
      format,
      planned,
      adopt: options.adopt,
    });
  } catch (error) {
    if (!isStarted) tellEarlyEnd(io);
    throw error;
  } finally {
    following.abort();
    if (flags.v >= countFrom) io.stderr.line(`${sites.requestCount()} API requests`);
    closeSites(sites);
  }
};

/** A handshake costs more than a request. */
const mostSockets = 16;
