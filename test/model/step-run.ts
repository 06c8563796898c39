// A command at work: it looks, and makes the writes of its next step.
import { DrError } from '../../core/model/error.ts';
import { activeStep, planGroup } from '../../core/plan/plan-group.ts';
import type { MoveWrite } from '../../core/plan/step-look.ts';
import { consentFor } from '../../plugin/operation/ask-losses.ts';
import { createChangeSignal } from '../../plugin/operation/change-signal.ts';
import { type GroupState, writeId } from '../../plugin/operation/group-state.ts';
import { type Performing, performWrite } from '../../plugin/operation/perform-write.ts';
import { retryAt } from '../../plugin/operation/retry-policy.ts';
import { createVerifyUnused } from '../../plugin/operation/verify-unused.ts';
import type { MovingWorld } from './moving-world.ts';
import { readRecords, rfc3339 } from './operation-records.ts';
import { clockOf, type Operator, type Run, reachesOf, saveRun } from './simulated-operator.ts';

const performingOf = (world: MovingWorld, operator: Operator, run: Run): Performing => {
  const { source, target } = run.session.prepared.sites;
  const signal = new AbortController().signal;
  const now = () => clockOf(world, operator);
  return {
    sites: { source, target },
    consentFor: consentFor(run.losses, { by: operator.name, reason: undefined, now }),
    verifyUnused: {
      source: createVerifyUnused(source.site, { now, signal }),
      target: createVerifyUnused(target.site, { now, signal }),
    },
    restore: async () => {
      const site = world.sites[run.target];
      if (!reachesOf(operator)(site))
        throw new DrError({ code: 'Unreachable', message: 'connection refused' });
      run.bringing.restoreTo(site.guarded);
      operator.seen[run.target].lookAnew();
    },
    onManager: () => undefined,
    onPromote: async (volume) => {
      run.session.notePromoted(volume);
      if (run.verb !== 'undo') run.status.pointOfNoReturnAt ??= rfc3339(world.now);
      saveRun(world, operator, run);
    },
    changes: createChangeSignal(),
    signal,
  };
};

const perform = async (
  world: MovingWorld,
  operator: Operator,
  { run, state, write }: { run: Run; state: GroupState; write: MoveWrite },
): Promise<void> => {
  const id = writeId(write);
  const now = clockOf(world, operator);
  if ((state.attempts.get(id)?.retryAt ?? 0) > now) return;
  if (write.kind === 'workload' && write.does === 'stop') {
    const count = (state.stops.get(id) ?? 0) + 1;
    state.stops.set(id, count);
    if (count > 3) {
      state.end = { is: 'restarted', write };
      return;
    }
  }
  operator.writing = write;
  try {
    await performWrite(write, performingOf(world, operator, run));
    state.attempts.delete(id);
  } catch (error) {
    if (!(error instanceof DrError)) throw error;
    const attempts = state.attempts.get(id) ?? { count: 0, since: now, retryAt: 0 };
    attempts.count += 1;
    const again = retryAt(error, attempts, now);
    if (again === undefined) state.end = { is: 'failed', write, error };
    else attempts.retryAt = again;
    state.attempts.set(id, attempts);
  } finally {
    operator.writing = undefined;
  }
};

const takeStep = async (
  world: MovingWorld,
  operator: Operator,
  run: Run,
  state: GroupState,
): Promise<void> => {
  state.steps = planGroup(run.session.facts(), state.group);
  const step = activeStep(state.steps);
  if (step === undefined) state.end = { is: 'done' };
  else if (step.look.blocks.length > 0) state.end = { is: 'blocked', blocks: step.look.blocks };
  else
    for (const write of step.look.writes)
      if (state.end === undefined) await perform(world, operator, { run, state, write });
};

/** Somebody else has taken it over, as far as its sites tell. */
const isLost = (world: MovingWorld, operator: Operator, run: Run): boolean => {
  if (!world.setup.hasLease) return false;
  const own = readRecords(world, reachesOf(operator)).find(({ name }) => name === run.name);
  return own !== undefined && own.lease?.holder !== operator.name;
};

/** One look at all groups, and the writes of their steps. */
export const stepRun = async (
  world: MovingWorld,
  operator: Operator,
  onDone: (run: Run) => void,
): Promise<void> => {
  const { run } = operator;
  if (run === undefined) return;
  if (isLost(world, operator, run)) {
    operator.run = undefined;
    return;
  }
  for (const state of run.groups) if (state.end === undefined) await takeStep(world, operator, run, state);
  const isOver = run.groups.every(({ end }) => end !== undefined);
  if (isOver) {
    const isDone = run.groups.every(({ end }) => end?.is === 'done');
    run.status.phase = isDone ? (run.verb === 'undo' ? 'Undone' : 'Succeeded') : 'Failed';
    run.status.endedAt = rfc3339(world.now);
    operator.run = undefined;
    if (isDone) onDone(run);
  }
  saveRun(world, operator, run, isOver ? '' : operator.name);
};

/** Ctrl-C before the first promote: left as it is. */
export const leaveRun = (world: MovingWorld, operator: Operator): void => {
  const { run } = operator;
  if (run === undefined) return;
  run.status.phase = 'Left';
  run.status.endedAt = rfc3339(world.now);
  operator.run = undefined;
  saveRun(world, operator, run, '');
};
