import { messageOf } from '../../core/model/error.ts';
import type { OperationVerb } from '../../core/operation/operation-record.ts';
import type { MoveGroup, MoveVolume } from '../../core/plan/move.ts';
import { planGroup } from '../../core/plan/plan-group.ts';
import { storeBackup } from '../backup/take-backup.ts';
import { whoConsents } from '../consent/who-consents.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { Outcome } from '../progress/outcome.ts';
import { describeWorst, type Losses } from './ask-losses.ts';
import type { ChangeSignal } from './change-signal.ts';
import { chooseWord } from './confirm.ts';
import type { GroupState } from './group-state.ts';
import type { RecordKeeper } from './keep-record.ts';
import { moveGroups } from './move-groups.ts';
import { openRecord } from './open-record.ts';
import type { OperationRequest } from './operation-request.ts';
import { newRunLog, noteConsents, type RunLog, recordStatus } from './operation-status.ts';
import { plainProgress } from './progress/plain-progress.ts';
import type { Progress } from './progress/progress.ts';
import { pruneRecords } from './prune-records.ts';
import { restoreMissing } from './restore-missing.ts';
import type { Session } from './session.ts';
import { summarize } from './summarize.ts';
import { tellEnd } from './tell-blocks.ts';
import { undoSession } from './undo-session.ts';

/** Everything that was decided, before the first write. */
export type CarryOut = {
  readonly session: Session;
  readonly groups: readonly MoveGroup[];
  readonly losses: Losses;
  readonly request: OperationRequest;
  readonly progress: Progress;
  readonly changes: ChangeSignal;
  readonly io: Io;
  /** Ends following the sites. */
  readonly signal: AbortSignal;
  /** The name of the operation that is taken back. */
  readonly adopt: string | undefined;
  /** From here on an interruption is not the end of everything. */
  readonly onStarted: () => void;
};

/** How it went: an outcome for each group, or the code to exit with. */
export type CarriedOut = { readonly outcomes: readonly Outcome[]; readonly exit?: ExitCode };

const verbs: Readonly<Record<OperationRequest['verb'], OperationVerb>> = {
  relocate: 'Relocate',
  failover: 'Failover',
  failback: 'Failback',
  undo: 'Undo',
};

const targetName = ({ session }: CarryOut): string => session.prepared.sites.target.site.name;
const sourceName = ({ session }: CarryOut): string => session.prepared.sites.source.site.name;

const open = async (run: CarryOut, log: RunLog, by: string): Promise<RecordKeeper> => {
  const { session, request, progress, io, signal } = run;
  return openRecord({
    session,
    verb: verbs[request.verb],
    by,
    reason: request.consent.reason,
    adopt: run.adopt,
    status: recordStatus(log),
    tell: (message, isWarning) =>
      progress.tell({ type: isWarning ? 'Warning' : 'Info', site: targetName(run), message }),
    io,
    signal,
  });
};

/** Begun already, a backup would tell of a source in mid-move. */
const isUntouched = ({ session, groups }: CarryOut): boolean =>
  groups.every((group) =>
    planGroup(session.facts(), group).every(({ kind, state }) => kind.name !== 'Stop' || state !== 'done'),
  );

const backUp = async (run: CarryOut): Promise<void> => {
  const { session, request, progress, signal } = run;
  const { taken } = session.source;
  if (request.backupDirectory === undefined || taken === undefined || !isUntouched(run)) return;
  const directory = await storeBackup(taken, request.backupDirectory, signal);
  progress.tell({ type: 'Info', site: sourceName(run), message: `backed up to ${directory}` });
};

/** One restore serves all groups that ask for it while it runs; whoever asks later gets another one. */
const createRestore = (run: CarryOut, signal: AbortSignal): (() => Promise<void>) => {
  const { session, request, progress, io } = run;
  let running: Promise<void> | undefined;
  const told = new Set<string>();
  return () => {
    running ??= restoreMissing({
      target: session.prepared.sites.target.site,
      source: session.source,
      parallel: request.parallel,
      timeoutMs: request.timeoutMs,
      report: ({ type, message, object, site, code, next }) => {
        if (type === 'Waiting' || type === 'Unchanged' || type === 'Refused') return;
        const line = `${object?.kind} ${object?.name} ${message}`;
        if (told.has(line)) return;
        told.add(line);
        // It is tried again; where that is given up, its group tells of it.
        const isPassing = type === 'Failed' || type === 'TimedOut';
        progress.tell({
          type: isPassing ? 'Warning' : type,
          site,
          message,
          ...(object !== undefined && { object }),
          code,
          next,
        });
      },
      io,
      signal,
    }).finally(() => {
      running = undefined;
    });
    return running;
  };
};

const resumeCommand = (run: CarryOut, name: string): string => {
  const [first] = run.session.prepared.volumes;
  return `kubectl dr resume ${name} -n ${first?.target.namespace ?? 'default'}`;
};

const undoCommand = (run: CarryOut, name: string): string =>
  resumeCommand(run, name).replace(' resume ', ' undo ');

/** What a person is told who leaves it in the middle. */
const tellLeft = (run: CarryOut, log: RunLog, name: string, why: string, type: 'Info' | 'TimedOut'): void => {
  const undo = log.promotedAt === undefined ? `, or take it back: ${undoCommand(run, name)}` : '';
  run.progress.tell({
    type,
    site: targetName(run),
    message: why,
    next: `go on: ${resumeCommand(run, name)}${undo}`,
  });
};

/** Aborted when the run is to stop where it is: an interruption before the point of no return, lost leadership, or time. */
const createStop = (run: CarryOut, log: RunLog, keeper: RecordKeeper) => {
  const { io, progress, request } = run;
  const interruption = new AbortController();
  const onInterrupt = (): void => {
    if (log.promotedAt === undefined) {
      interruption.abort();
      return;
    }
    progress.tell({
      type: 'Warning',
      site: targetName(run),
      message:
        'the first volume was promoted: it cannot be taken back any more, and goes on; Ctrl-C again leaves it',
    });
  };
  io.signal.addEventListener('abort', onInterrupt, { once: true });
  if (io.signal.aborted) onInterrupt();
  const time = AbortSignal.timeout(request.timeoutMs);
  return {
    signal: AbortSignal.any([interruption.signal, keeper.lost, time]),
    isInterrupted: () => interruption.signal.aborted,
    isLate: () => time.aborted,
    end: () => io.signal.removeEventListener('abort', onInterrupt),
  };
};

const finish = async (
  run: CarryOut,
  log: RunLog,
  states: readonly GroupState[],
): Promise<readonly Outcome[]> => {
  const { session, progress, request, losses, io } = run;
  const facts = session.facts();
  progress.pause();
  const outcomes = states.map((state) => tellEnd(state, facts, progress));
  const moved = states.filter((state) => state.end?.is === 'done').flatMap(({ group }) => group.volumes);
  log.endedAt = io.now();
  const isUndo = request.verb === 'undo';
  log.phase = outcomes.every((outcome) => outcome === 'Done') ? (isUndo ? 'Undone' : 'Succeeded') : 'Failed';
  log.message = log.phase === 'Failed' ? 'not everything was done' : undefined;
  log.dataLoss =
    losses.accepted.size === 0 || request.verb !== 'failover'
      ? '0s'
      : describeWorst(losses.accepted.values());
  for (const remark of new Set(
    states.flatMap(({ steps }) => steps.flatMap((step) => ('look' in step ? step.look.remarks : []))),
  ))
    progress.tell({ type: 'Warning', site: targetName(run), message: remark });
  const unseen = states.filter(({ end }) => end?.is === 'done' && end.unseen !== undefined);
  if (unseen.length > 0)
    progress.tell({
      type: 'Warning',
      site: targetName(run),
      message: `no sync back has been seen yet of ${unseen.map(({ group }) => group.name).join(', ')}`,
      next: 'kubectl dr status -A',
    });
  if (moved.length > 0)
    progress.tell({
      type: 'Done',
      site: targetName(run),
      message: summarize(request.verb, moved.length, sourceName(run), log),
    });
  return outcomes;
};

type Going = {
  readonly run: CarryOut;
  readonly log: RunLog;
  readonly keeper: RecordKeeper;
  readonly by: string;
};

/** Moves the groups of a session, this way or back. */
const go = (
  { run, log, keeper, by }: Going,
  session: Session,
  { groups, losses, signal }: { groups: readonly MoveGroup[]; losses: Losses; signal: AbortSignal },
): Promise<readonly GroupState[]> => {
  const { request, progress, changes, io } = run;
  const status = recordStatus(log);
  let pastReturn: Promise<void> | undefined;
  const notePointOfNoReturn = async (): Promise<void> => {
    if (session.prepared.request.verb === 'undo' || log.promotedAt !== undefined) return;
    log.promotedAt = io.now();
    // Before the promote itself: a return that is gone on with must not take what it has promoted for the older copy.
    await keeper.save(status);
  };
  return moveGroups({
    groups,
    sites: session.prepared.sites,
    facts: session.facts,
    restore: createRestore(run, signal),
    losses,
    by,
    reason: request.consent.reason,
    onPromote: async (volume: MoveVolume) => {
      session.notePromoted(volume);
      pastReturn ??= notePointOfNoReturn();
      await pastReturn;
    },
    log,
    onChange: () => keeper.saveSoon(status),
    progress,
    parallel: request.parallel,
    changes,
    io,
    signal,
  });
};

/** Takes back what an interrupted run has done so far. */
const undoNow = async (going: Going): Promise<ExitCode> => {
  const { run, log, keeper } = going;
  const { io, request } = run;
  const session = undoSession(run.session);
  const { name } = session.prepared.sites.target.site;
  const progress = plainProgress(io);
  const back: CarryOut = { ...run, progress, session };
  const signal = AbortSignal.any([keeper.lost, AbortSignal.timeout(request.timeoutMs)]);
  const nothing: Losses = { accepted: new Map(), denied: [] };
  const states = await go({ ...going, run: back }, session, {
    groups: session.groups,
    losses: nothing,
    signal,
  });
  const outcomes = states.map((state) => tellEnd(state, session.facts(), progress));
  const isBack = outcomes.every((outcome) => outcome === 'Done');
  log.phase = isBack ? 'Undone' : 'Failed';
  log.message = isBack ? undefined : 'it could not be taken back as a whole';
  log.endedAt = io.now();
  await keeper.end(recordStatus(log));
  if (isBack)
    progress.tell({ type: 'Done', site: name, message: 'taken back: everything is as it was before' });
  else tellLeft(run, log, keeper.name, 'it could not be taken back as a whole', 'Info');
  return isBack ? exitCode.interrupted : exitCode.error;
};

/** A person is asked whether to take it back; a script is told how. */
const onInterrupted = async (going: Going): Promise<ExitCode> => {
  const { run, log, keeper } = going;
  const { io } = run;
  // The interruption is over: what is asked and done now is a new thing.
  const asking: Io = {
    ...io,
    isInteractive: io.isInteractive,
    stdin: io.stdin,
    signal: new AbortController().signal,
  };
  const isAsked = io.isInteractive && run.request.verb !== 'undo';
  const answer = isAsked
    ? await chooseWord('\nTake back what was done, or leave it as it is?', ['undo', 'leave'], asking)
    : 'leave';
  if (answer === 'undo') return undoNow(going);
  log.phase = 'Left';
  log.message = 'interrupted';
  log.endedAt = io.now();
  await keeper.end(recordStatus(log));
  tellLeft(run, log, keeper.name, 'interrupted, and left as it is', 'Info');
  return exitCode.interrupted;
};

/** Makes what was decided so: record, backup, and all groups. */
export const carryOut = async (run: CarryOut): Promise<CarriedOut> => {
  const { session, request, losses, io, progress } = run;
  const log = newRunLog(io.now(), session);
  const by = await whoConsents(session.prepared.sites.target.site, run.signal);
  noteConsents(log, losses, { by, reason: request.consent.reason, now: io.now() });
  if (request.verb === 'failover' && losses.accepted.size > 0) log.staleSite = sourceName(run);
  const keeper = await open(run, log, by);
  run.onStarted();
  io.outliveReader();
  const stop = createStop(run, log, keeper);
  const going = { run, log, keeper, by };
  const end = async (phase: RunLog['phase'], message: string): Promise<void> => {
    log.phase = phase;
    log.message = message;
    log.endedAt = io.now();
    await keeper.end(recordStatus(log));
  };
  try {
    await backUp(run);
    const states = await go(going, session, { groups: run.groups, losses, signal: stop.signal });
    const outcomes = await finish(run, log, states);
    await keeper.end(recordStatus(log));
    await pruneRecords(session.prepared, keeper.name);
    if (log.phase === 'Failed') tellLeft(run, log, keeper.name, 'not everything was done', 'Info');
    return { outcomes };
  } catch (error) {
    progress.pause();
    if (stop.isInterrupted()) return { outcomes: [], exit: await onInterrupted(going) };
    if (stop.isLate()) {
      await end('Left', 'its time was up');
      tellLeft(run, log, keeper.name, 'time is up, and it is left as it is', 'TimedOut');
      return { outcomes: [], exit: exitCode.timedOut };
    }
    await end('Failed', messageOf(error));
    throw error;
  } finally {
    stop.end();
  }
};
