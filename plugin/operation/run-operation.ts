import { activeStep, planGroup } from '../../core/plan/plan-group.ts';
import { procedures } from '../../core/plan/procedures.ts';
import type { Sites } from '../door/clusters.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { exitCodeOf, type Outcome } from '../progress/outcome.ts';
import { askLosses, type Losses, lossesOf } from './ask-losses.ts';
import { carryOut } from './carry-out.ts';
import { type ChangeSignal, createChangeSignal } from './change-signal.ts';
import { confirm } from './confirm.ts';
import { planRows, renderPlan } from './describe-plan.ts';
import { gatherSource } from './gather-source.ts';
import { judgeOperation } from './judge-operation.ts';
import type { OperationFlags } from './operation-flags.ts';
import type { OperationRequest } from './operation-request.ts';
import { parseOperationFlags } from './parse-operation-flags.ts';
import { prepareOperation } from './prepare-operation.ts';
import { chooseProgress } from './progress/choose-progress.ts';
import type { Progress } from './progress/progress.ts';
import { conflictsIn, decideMissing } from './restore-missing.ts';
import { createSession, type Session } from './session.ts';
import { tellBlocks } from './tell-blocks.ts';

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
};

/** Says what stands against which group, and answers the groups that are open. */
const judge = ({ session, progress }: Running) => {
  const { open, refused, warnings } = judgeOperation(session);
  const facts = session.facts();
  const site = facts.sites.source.site.name;
  for (const message of warnings) progress.tell({ type: 'Warning', site, message });
  for (const message of session.prepared.unstoppable)
    progress.tell({ type: 'Failed', site, message, code: 'CannotStop' });
  const isStoppable = session.prepared.unstoppable.length === 0;
  const outcomes = refused.map(({ group, blocks }) => tellBlocks(blocks, group.name, facts, progress));
  return {
    open: isStoppable ? open : [],
    outcomes: isStoppable ? outcomes : [...outcomes, ...open.map((): Outcome => 'Failed')],
  };
};

/** All conflicts of the restore are found before anything is taken down. */
const findConflicts = async ({ session, request, progress, io, signal }: Running): Promise<number> => {
  const { source, prepared } = session;
  const target = prepared.sites.target.site;
  if (source.source.chosen.claims.length === 0) return 0;
  const { plan } = await decideMissing({
    target,
    source,
    parallel: request.parallel,
    timeoutMs: request.timeoutMs,
    report: () => undefined,
    io,
    signal,
  });
  for (const message of plan.warnings) progress.tell({ type: 'Warning', site: target.name, message });
  const conflicts = conflictsIn(plan);
  for (const message of conflicts)
    progress.tell({ type: 'Failed', site: target.name, message, code: 'RestoreConflict' });
  return conflicts.length;
};

const showPlan = ({ session }: Running, to: Io['stdout']): void => {
  const facts = session.facts();
  const names = session.groups.map(({ name, volumes }) => `${name} (${volumes.length})`);
  const { source, target } = facts.sites;
  to.write(
    `${facts.verb} from ${source.site.name} to ${target.site.name}: ${session.prepared.volumes.length} volumes of ${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}\n\n`,
  );
  to.write(`${renderPlan(planRows(facts, session.groups))}\n`);
};

const tellDenied = ({ session, progress }: Running, losses: Losses): ReadonlySet<string> => {
  const site = session.facts().sites.target.site.name;
  for (const { volume, need, why } of losses.denied) {
    const [first] = need.obstacles;
    progress.tell({
      type: 'Refused',
      site,
      object: { kind: 'PersistentVolumeClaim', ...volume.target },
      message: first === undefined ? `it would lose ${need.loses}; ${why}` : `${first.message}; ${why}`,
      code: first?.code ?? 'ConsentNeeded',
    });
  }
  return new Set(losses.denied.map(({ volume }) => `${volume.source.namespace}/${volume.source.name}`));
};

/** What may be lost is asked for, by name; where nothing is, a person at a terminal is shown the plan and says yes. */
const askFirst = async (running: Running, groups: Session['groups']): Promise<Losses | undefined> => {
  const { session, request, io } = running;
  const facts = session.facts();
  const losses = lossesOf(facts, groups, request.consent);
  const isAsked = io.isInteractive && !request.consent.yes;
  if (isAsked) showPlan(running, io.stderr);
  if (losses.length > 0) return askLosses(losses, facts, request.consent, io);
  if (isAsked && !(await confirm('Go on?', io))) return undefined;
  return { accepted: new Map(), denied: [] };
};

/** Everything is where it is to be: no record is made of nothing. */
const isThereAlready = ({ session, progress }: Running, groups: Session['groups']): boolean => {
  const facts = session.facts();
  if (groups.some((group) => activeStep(planGroup(facts, group)) !== undefined)) return false;
  const { name } = facts.sites.target.site;
  const count = groups.flatMap(({ volumes }) => volumes).length;
  const message = `is primary for ${count === 1 ? 'the volume' : `all ${count} volumes`} already`;
  progress.tell({ type: 'Done', site: name, message });
  return true;
};

const follow = async (running: Running): Promise<ExitCode> => {
  const { session, request, io } = running;
  const { open, outcomes } = judge(running);
  if (open.length === 0) return exitCodeOf(outcomes);
  if (isThereAlready(running, open)) return exitCodeOf([...outcomes, 'Unchanged']);
  if ((await findConflicts(running)) > 0) return exitCode.error;
  if (request.dryRun === 'client') {
    showPlan(running, io.stdout);
    return exitCodeOf([...outcomes, 'Planned']);
  }
  const losses = await askFirst(running, open);
  if (losses === undefined) {
    io.stderr.write('Nothing was changed.\n');
    return exitCode.refused;
  }
  session.accept(losses);
  const denied = tellDenied(running, losses);
  const isDenied = (group: (typeof open)[number]): boolean =>
    group.volumes.some(({ source }) => denied.has(`${source.namespace}/${source.name}`));
  const groups = open.filter((group) => !isDenied(group));
  const refused = open.filter(isDenied).map((): Outcome => 'Refused');
  if (groups.length === 0) return exitCodeOf([...outcomes, ...refused]);
  const carried = await carryOut({ ...running, groups, losses });
  if (carried.exit !== undefined) return carried.exit;
  return exitCodeOf([...outcomes, ...refused, ...carried.outcomes]);
};

/** `kubectl dr relocate`, `failover` and `failback`. */
export const runOperation = async (
  verb: OperationRequest['verb'],
  flags: OperationFlags,
  io: Io,
): Promise<ExitCode> => {
  const request = parseOperationFlags(verb, flags, io);
  const { openSites, closeSites } = await import('../door/clusters.ts');
  const { requestTimeoutMs, parallel } = request;
  const sites = await openSites(
    { ...flags, requestTimeoutMs, maxSockets: Math.min(parallel, mostSockets) },
    io,
  );
  const following = new AbortController();
  const changes = createChangeSignal();
  const stopEarly = (): void => following.abort(io.signal.reason);
  io.signal.addEventListener('abort', stopEarly, { once: true });
  try {
    const prepared = await prepareOperation(request, sites, {
      io,
      signal: following.signal,
      onChange: changes.notify,
    });
    const source = await gatherSource(prepared, io, following.signal);
    const session = createSession(prepared, source);
    for (const remark of source.source.remarks) io.stderr.write(`${remark}\n`);
    const progress = chooseProgress(
      verb,
      request.output,
      { kinds: procedures[verb], groups: session.groups.length },
      io,
    );
    const onStarted = (): void => io.signal.removeEventListener('abort', stopEarly);
    const { signal } = following;
    return await follow({ session, request, progress, sites, io, signal, changes, onStarted });
  } finally {
    following.abort();
    if (flags.v >= countFrom) io.stderr.write(`${sites.requestCount()} API requests\n`);
    closeSites(sites);
  }
};

/** A handshake costs more than a request. */
const mostSockets = 16;
