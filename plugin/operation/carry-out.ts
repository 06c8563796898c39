import { messageOf } from '../../core/model/error.ts';
import type { OperationVerb } from '../../core/operation/operation-record.ts';
import { isUntouched } from '../../core/plan/is-untouched.ts';
import type { MoveGroup, MoveVolume } from '../../core/plan/move.ts';
import { activeStep, planGroup } from '../../core/plan/plan-group.ts';
import { storeBackup } from '../backup/take-backup.ts';
import { whoConsents } from '../consent/who-consents.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { Outcome } from '../progress/outcome.ts';
import type { Losses } from './ask-losses.ts';
import { chooseWord } from './confirm.ts';
import { createStop, type Stop } from './create-stop.ts';
import { type CarryOut, type Going, sourceName, targetName } from './going.ts';
import type { GroupState } from './group-state.ts';
import type { RecordKeeper } from './keep-record.ts';
import { moveGroups } from './move-groups.ts';
import { openRecord } from './open-record.ts';
import type { OperationRequest } from './operation-request.ts';
import { newRunLog, noteConsents, recordStatus } from './operation-status.ts';
import { plainProgress } from './progress/plain-progress.ts';
import { pruneRecords } from './prune-records.ts';
import { restoreMissing } from './restore-missing.ts';
import type { RunLog } from './run-log.ts';
import type { Session } from './session.ts';
import { summarize } from './summarize.ts';
import { tellEnd } from './tell-blocks.ts';
import { tellLeft, tellNext, tellNotBack } from './tell-next.ts';
import { undoSession } from './undo-session.ts';

/** How it went: an outcome for each group, or the code to exit with. */
export type CarriedOut = { readonly outcomes: readonly Outcome[]; readonly exit?: ExitCode };

const verbs: Readonly<Record<OperationRequest['verb'], OperationVerb>> = {
  relocate: 'Relocate',
  failover: 'Failover',
  failback: 'Failback',
  undo: 'Undo',
};

/** The groups that there is something to do for. Where everything is where it is to go, a record that was begun is closed for all. */
const groupsMoving = ({ session, groups }: CarryOut): readonly MoveGroup[] => {
  const facts = session.facts();
  const moving = groups.filter((group) => activeStep(planGroup(facts, group)) !== undefined);
  return moving.length > 0 ? moving : groups;
};

const volumesOf = (groups: readonly MoveGroup[]): readonly MoveVolume[] =>
  groups.flatMap(({ volumes }) => volumes);

/** Takes the volumes for this run, and begins its log. */
const open = async (
  run: CarryOut,
  { by, moving }: Pick<Going, 'by' | 'moving'>,
): Promise<{ log: RunLog; keeper: RecordKeeper }> => {
  const { session, request, losses, progress, io, signal } = run;
  const { adopted, keep } = await openRecord({
    session,
    volumes: volumesOf(moving),
    verb: verbs[request.verb],
    by,
    reason: request.consent.reason,
    adopt: run.adopt,
    tell: (message, isWarning) =>
      progress.tell({ type: isWarning ? 'Warning' : 'Info', site: targetName(run), message }),
    io,
    signal,
  });
  const log = newRunLog(session, { now: io.now(), losses, adopted });
  noteConsents(log, losses, { by, reason: request.consent.reason, now: io.now() });
  if (request.verb === 'failover' && losses.accepted.size > 0) log.staleSite = sourceName(run);
  return { log, keeper: await keep(recordStatus(log)) };
};

const backUp = async (run: CarryOut): Promise<void> => {
  const { session, groups, request, progress, signal } = run;
  const { taken } = session.source;
  if (request.backupDirectory === undefined || taken === undefined) return;
  if (!isUntouched(session.facts(), groups)) return;
  const { directory } = await storeBackup(taken, request.backupDirectory, signal);
  progress.tell({ type: 'Info', site: sourceName(run), message: `backed up to ${directory}` });
};

/**
 * One restore serves all groups that ask for it while it runs; whoever asks later gets another one. What stands against one group is its own
 * affair: the others are restored without it, until it asks again.
 */
const createRestore = (run: CarryOut, signal: AbortSignal): ((group: MoveGroup) => Promise<void>) => {
  const { session, request, progress, io } = run;
  const stopped = new Map<MoveGroup, Error>();
  let running: Promise<void> | undefined;
  const told = new Set<string>();
  const start = (): Promise<void> =>
    restoreMissing({
      volumeHandles: request.volumeHandles,
      target: session.prepared.sites.target.site,
      source: session.source,
      groups: run.groups.filter((group) => !stopped.has(group)),
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
    })
      .then((found) => {
        for (const [group, error] of found) stopped.set(group, error);
      })
      .finally(() => {
        running = undefined;
      });
  return async (group) => {
    if (running === undefined) stopped.delete(group);
    running ??= start();
    await running;
    const error = stopped.get(group);
    if (error !== undefined) throw error;
  };
};

const finish = async (going: Going, states: readonly GroupState[]): Promise<readonly Outcome[]> => {
  const { run, log, keeper, moving } = going;
  const { session, progress, io } = run;
  const facts = session.facts();
  progress.pause();
  const outcomes = states.map((state) => tellEnd(state, facts, progress));
  const done = states.filter((state) => state.end?.is === 'done').map(({ group }) => group);
  const moved = volumesOf(done.filter((group) => moving.includes(group)));
  const wereThere = volumesOf(done).length - moved.length;
  log.endedAt = io.now();
  const isDone = outcomes.every((outcome) => outcome === 'Done');
  const donePhase = log.verb === 'undo' ? 'Undone' : 'Succeeded';
  log.phase = isDone ? donePhase : 'Failed';
  log.message = isDone ? undefined : 'not everything was done';
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
    progress.tell({ type: 'Done', site: targetName(run), message: summarize(moved.length, log, wereThere) });
  await keeper.end(recordStatus(log));
  if (isDone) tellNext(going);
  else tellLeft(going, 'not everything was done');
  return outcomes;
};

/** Moves the groups of a session, this way or back. */
const go = (
  { run, log, keeper, by }: Going,
  session: Session,
  { groups, losses, stop }: { groups: readonly MoveGroup[]; losses: Losses; stop: Stop },
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
    restore: createRestore(run, stop.signal),
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
    onUp: stop.onUp,
    enough: stop.enough,
    progress,
    parallel: request.parallel,
    changes,
    io,
    signal: stop.signal,
  });
};

/** Leaves it as it is, and says so first: there may be no more than a moment. */
const leave = async (
  going: Going,
  { why, message, type }: { why: string; message: string; type?: 'TimedOut' },
  withinMs?: number,
): Promise<void> => {
  const { run, log, keeper } = going;
  log.phase = 'Left';
  log.message = message;
  log.endedAt = run.io.now();
  tellLeft(going, why, type);
  await keeper.end(recordStatus(log), withinMs);
};

/** Why a run ends that somebody has ended. */
const leftByPerson = ({ run: { io } }: Going) =>
  io.terminated.aborted
    ? { why: 'ended by SIGTERM, and left as it is', message: 'ended by SIGTERM' }
    : { why: 'interrupted, and left as it is', message: 'interrupted' };

/** Shorter than what the second Ctrl-C leaves to the process. */
const lastWordsMs = 1_500;

/** Takes back what an interrupted run has done so far. */
const undoNow = async (going: Going): Promise<ExitCode> => {
  const { run, keeper } = going;
  const { io, request } = run;
  const session = undoSession(run.session);
  const { sites } = session.prepared;
  const [from, to] = [sites.source.site.name, sites.target.site.name];
  const log: RunLog = { ...going.log, verb: 'undo', from, to };
  const progress = plainProgress(io);
  const second = AbortSignal.any([io.heedSecondInterrupt(), io.terminated]);
  const signal = AbortSignal.any([second, keeper.lost, AbortSignal.timeout(request.timeoutMs)]);
  const losses: Losses = { accepted: new Map(), denied: [] };
  const back = { ...going, log, run: { ...run, progress, session } };
  const states = await go(back, session, {
    groups: session.groups,
    losses,
    stop: { signal, enough: signal, onUp: () => undefined },
  }).catch(async (error: unknown) => {
    if (second.aborted) await leave({ ...going, log }, leftByPerson(going), lastWordsMs);
    else throw error;
  });
  if (states === undefined) return exitCode.interrupted;
  const outcomes = states.map((state) => tellEnd(state, session.facts(), progress));
  const isBack = outcomes.every((outcome) => outcome === 'Done');
  log.phase = isBack ? 'Undone' : 'Failed';
  log.message = isBack ? undefined : 'it could not be taken back as a whole';
  log.endedAt = io.now();
  await keeper.end(recordStatus(log));
  if (isBack)
    progress.tell({ type: 'Done', site: to, message: 'taken back: everything is as it was before' });
  else tellNotBack(going);
  return isBack ? exitCode.interrupted : exitCode.error;
};

/** A person is asked whether to take it back; a script is told how. */
const onInterrupted = async (going: Going): Promise<ExitCode> => {
  const { io, request } = going.run;
  // The interruption is over: what is asked now is a new thing, until the next one.
  const second = AbortSignal.any([io.heedSecondInterrupt(), io.terminated]);
  const asking: Io = { ...io, isInteractive: io.isInteractive, stdin: io.stdin, signal: second };
  const ask = async (): Promise<string | undefined> => {
    try {
      return await chooseWord('\nTake back what was done, or leave it as it is?', ['undo', 'leave'], asking);
    } catch (error) {
      if (!second.aborted) throw error;
      io.stderr.line('');
      return 'leave';
    }
  };
  const isAsked = io.isInteractive && !io.terminated.aborted && request.verb !== 'undo';
  const answer = isAsked ? await ask() : 'leave';
  if (answer === 'undo') return undoNow(going);
  await leave(going, leftByPerson(going), second.aborted ? lastWordsMs : undefined);
  return exitCode.interrupted;
};

/** Makes what was decided so: record, backup, and all groups. */
export const carryOut = async (run: CarryOut): Promise<CarriedOut> => {
  const { session, losses, io, progress } = run;
  const by = await whoConsents(session.prepared.sites.target.site, run.signal);
  const moving = groupsMoving(run);
  const { log, keeper } = await open(run, { by, moving });
  run.onStarted();
  io.outliveReader();
  const stop = createStop(run, log, keeper);
  const going = { run, log, keeper, by, moving };
  try {
    await backUp(run);
    const states = await go(going, session, { groups: run.groups, losses, stop });
    const outcomes = await finish(going, states);
    await pruneRecords(session.prepared, keeper.name);
    return { outcomes };
  } catch (error) {
    progress.pause();
    if (stop.isLeft()) {
      await leave(going, leftByPerson(going), lastWordsMs);
      return { outcomes: [], exit: exitCode.interrupted };
    }
    if (stop.isInterrupted()) return { outcomes: [], exit: await onInterrupted(going) };
    if (stop.isLate()) {
      await leave(going, {
        why: 'time is up, and it is left as it is',
        message: 'its time was up',
        type: 'TimedOut',
      });
      return { outcomes: [], exit: exitCode.timedOut };
    }
    log.phase = 'Failed';
    log.message = messageOf(error);
    log.endedAt = io.now();
    await keeper.end(recordStatus(log));
    throw error;
  } finally {
    stop.end();
  }
};
