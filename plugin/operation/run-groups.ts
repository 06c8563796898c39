import { setTimeout as delay } from 'node:timers/promises';
import { knownValue, readingOf } from '../../core/model/reading-of.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { MoveFacts, MoveGroup, SiteRole } from '../../core/plan/move.ts';
import { activeStep, type PlannedStep, planGroup } from '../../core/plan/plan-group.ts';
import type { MoveWrite, StepLook, StepName } from '../../core/plan/step-look.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { saySetBack } from '../../core/step/reached.ts';
import type { ChangeSignal } from './change-signal.ts';
import {
  type CurrentStep,
  type GroupState,
  newCurrentStep,
  newGroupState,
  noteRestored,
  writeId,
} from './group-state.ts';
import { attemptsAt, noteFailure } from './retry-policy.ts';

/** What is told while groups move. */
export type GroupEvents = {
  /** A step goes on, and is not over at once. */
  readonly onStep: (state: GroupState, step: ActiveStep) => void;
  /** It is over, after so many milliseconds. */
  readonly onStepDone: (state: GroupState, current: CurrentStep, tookMs: number) => void;
  /** It is not over, and the group is not at it any more. */
  readonly onStepLeft: (state: GroupState, current: CurrentStep, why: LeftStep) => void;
  /** A write failed, and is tried again. */
  readonly onRetry: (state: GroupState, write: MoveWrite, error: unknown) => void;
  /** What it waits for, as often as that is looked at. */
  readonly onLook: (state: GroupState, step: ActiveStep) => void;
  readonly onEnd: (state: GroupState) => void;
};

/** Why a step is left: one before it has to be made once more, or the group goes no further. */
export type LeftStep = 'undone' | 'ended';

export type ActiveStep = Extract<PlannedStep, { look: StepLook }>;

/** What groups are moved with. */
export type RunGroups = {
  readonly groups: readonly MoveGroup[];
  /** Both sites as they are now. */
  readonly facts: () => MoveFacts;
  readonly siteName: (role: SiteRole) => string;
  /** Makes one write, and settles once it is in view. */
  readonly perform: (write: MoveWrite, state: GroupState) => Promise<void>;
  readonly changes: ChangeSignal;
  readonly events: GroupEvents;
  /** Aborted when what no longer depends on this run is not waited for any more. */
  readonly enough: AbortSignal;
  /** Ends the run; what is being written is let through. */
  readonly signal: AbortSignal;
  readonly now: () => number;
};

/** Changes come in bunches; each look is at all of them. */
const batchMs = 15;
/** Time passes, too: retries, and sites that do not answer. */
const lookAtLeastEveryMs = 1_000;
/** A site that comes back within this is waited for. */
const darkForMs = 60_000;
/** Stopped so often, somebody else is starting it; and asked for so often, somebody else asks for the opposite. */
const mostStops = 3;

/** The claims of a group on both sites: what a change has to be about to matter to it. */
const claimsOf = ({ group }: GroupState): readonly string[] =>
  group.volumes.flatMap(({ source, target }) => [claimKeyText(source), claimKeyText(target)]);

const isUnknown = ({ waits }: StepLook): boolean => waits.some((wait) => wait.isUnknown === true);

const leave = ({ events }: RunGroups, state: GroupState, why: LeftStep): void => {
  const { current } = state;
  if (current === undefined) return;
  state.current = undefined;
  events.onStepLeft(state, current, why);
};

const finishStep = ({ events, now }: RunGroups, state: GroupState, current: CurrentStep): void => {
  state.current = undefined;
  state.wereOver.add(current.index);
  events.onStepDone(state, current, now() - current.since);
};

const tell = (run: RunGroups, state: GroupState, step: ActiveStep | undefined): void => {
  const { events, now } = run;
  const index = step === undefined ? -1 : state.steps.indexOf(step);
  if (state.current !== undefined && state.current.index !== index) {
    // A step before it may have come undone: then this one is not over.
    if (index === -1 || index > state.current.index) finishStep(run, state, state.current);
    else leave(run, state, 'undone');
  }
  if (step === undefined) return;
  const isNew = state.current === undefined;
  state.current ??= newCurrentStep(state, step.kind, { index, since: now() });
  noteRestored(state.current, step.look);
  if (isNew) events.onStep(state, step);
  events.onLook(state, step);
};

const end = (run: RunGroups, state: GroupState, why: NonNullable<GroupState['end']>): void => {
  if (state.end !== undefined) return;
  state.end = why;
  leave(run, state, 'ended');
  run.events.onEnd(state);
};

const isBackingOff = (state: GroupState, id: string, now: number): boolean =>
  attemptsAt(id).some((key) => (state.attempts.get(key)?.retryAt ?? 0) > now);

/** One more failure of a write: it is tried again, or the group ends with it. */
const onFailure = (run: RunGroups, state: GroupState, write: MoveWrite, error: unknown): void => {
  if (run.signal.aborted) return;
  if (noteFailure(state.attempts, writeId(write), error, run.now())) run.events.onRetry(state, write, error);
  else end(run, state, { is: 'failed', write, error });
};

/** Once the volumes are primary nothing more depends on this run: what it then waits for is not waited for without end. */
const patience: Partial<Record<StepName, number>> = {
  Ready: 5 * 60_000,
  // Half an interval may pass until a controller asks its driver: that is told, and seen later with status.
  Reverse: 2 * 60_000,
};

const waitedFor = ({ now }: RunGroups, { current }: GroupState, { kind }: ActiveStep): number =>
  current?.name === kind.name ? now() - current.since : 0;

/** Whether a workload was stopped so often that somebody must be starting it. */
const isFoughtOver = (state: GroupState, write: MoveWrite): boolean => {
  if (write.kind !== 'workload' || write.does !== 'stop') return false;
  const count = (state.stops.get(writeId(write)) ?? 0) + 1;
  state.stops.set(writeId(write), count);
  return count > mostStops;
};

const askedId = (write: Extract<MoveWrite, { kind: 'replication' }>): string =>
  `${writeId(write)} ${write.does}`;

const replicationNow = (
  { site, key: { namespace, name } }: Extract<MoveWrite, { kind: 'replication' }>,
  sites: MoveFacts['sites'],
): VolumeReplication | undefined => {
  const seen = readingOf(() => knownValue(sites[site].view).replication(namespace, name));
  return seen.known ? seen.value : undefined;
};

/** Who asked for what it is now, where the same change was made too often already. */
const whoSetsBack = (state: GroupState, write: MoveWrite, { sites }: MoveFacts): string | undefined => {
  if (write.kind !== 'replication') return undefined;
  if ((state.asked.get(askedId(write))?.count ?? 0) < mostStops) return undefined;
  const seen = replicationNow(write, sites);
  return seen === undefined ? 'somebody asks for the opposite' : saySetBack(seen);
};

/** A demotion that was made, and that somebody has set back: what stands against the group now comes of that. */
const setBackNow = (
  { asked }: GroupState,
  { sites }: MoveFacts,
): { write: MoveWrite; who: string } | undefined => {
  for (const { write } of asked.values()) {
    if (write.kind !== 'replication' || write.does !== 'demote') continue;
    const seen = replicationNow(write, sites);
    if (seen?.spec.replicationState === 'primary') return { write, who: saySetBack(seen) };
  }
  return undefined;
};

const noteAsked = (state: GroupState, write: MoveWrite): void => {
  if (write.kind !== 'replication') return;
  const count = (state.asked.get(askedId(write))?.count ?? 0) + 1;
  state.asked.set(askedId(write), { count, write });
};

const dispatch = (run: RunGroups, state: GroupState, write: MoveWrite, facts: MoveFacts): void => {
  const id = writeId(write);
  if (state.inFlight.has(id) || isBackingOff(state, id, run.now())) return;
  if (isFoughtOver(state, write)) {
    end(run, state, { is: 'restarted', write });
    return;
  }
  const who = whoSetsBack(state, write, facts);
  if (who !== undefined) {
    end(run, state, { is: 'set back', write, who });
    return;
  }
  state.inFlight.add(id);
  void run
    .perform(write, state)
    .then(() => {
      noteAsked(state, write);
      for (const key of attemptsAt(id)) state.attempts.delete(key);
    })
    .catch((error: unknown) => onFailure(run, state, write, error))
    .finally(() => {
      state.inFlight.delete(id);
      run.changes.notify(claimsOf(state));
    });
};

/** Looks at one group, and does what is to be done next. */
const look = (run: RunGroups, state: GroupState, facts: MoveFacts): void => {
  state.steps = planGroup(facts, state.group);
  const step = activeStep(state.steps);
  tell(run, state, step);
  if (step === undefined) {
    if (state.inFlight.size === 0) end(run, state, { is: 'done' });
    return;
  }
  const { writes, waits, blocks } = step.look;
  if (blocks.length > 0) {
    if (state.inFlight.size > 0) return;
    const back = setBackNow(state, facts);
    end(run, state, back === undefined ? { is: 'blocked', blocks } : { is: 'set back', ...back });
    return;
  }
  state.darkSince = isUnknown(step.look) ? (state.darkSince ?? run.now()) : undefined;
  if (state.darkSince !== undefined && run.now() - state.darkSince > darkForMs) {
    end(run, state, { is: 'dark', waits });
    return;
  }
  if (step.kind.name === 'Reverse' && run.enough.aborted) {
    end(run, state, { is: 'done', unseen: waits });
    return;
  }
  if (waitedFor(run, state, step) > (patience[step.kind.name] ?? Number.POSITIVE_INFINITY)) {
    end(run, state, step.kind.name === 'Ready' ? { is: 'unready', waits } : { is: 'done', unseen: waits });
    return;
  }
  for (const write of writes) dispatch(run, state, write, facts);
};

const runAll = async (run: RunGroups, states: readonly GroupState[]): Promise<void> => {
  const isOpen = (state: GroupState): boolean => state.end === undefined || state.inFlight.size > 0;
  let lastWholeLook = Number.NEGATIVE_INFINITY;
  for (;;) {
    run.signal.throwIfAborted();
    const startedAt = run.now();
    const { all, claims } = run.changes.take();
    const isWhole = all || startedAt - lastWholeLook >= lookAtLeastEveryMs;
    if (isWhole) lastWholeLook = startedAt;
    const facts = run.facts();
    const isTouched = (state: GroupState): boolean =>
      isWhole || claimsOf(state).some((claim) => claims.has(claim));
    for (const state of states) if (state.end === undefined && isTouched(state)) look(run, state, facts);
    if (!states.some(isOpen)) return;
    await run.changes.next(lookAtLeastEveryMs, run.signal);
    // A look that took long is not repeated at once: requests and answers want their turn.
    await delay(Math.max(batchMs, run.now() - startedAt));
  }
};

/**
 * Moves groups side by side: whenever something changes, each is planned again from what both sites show, and the writes of its first
 * step that is not over are made. Settles once every group is done or goes no further; rejects when the signal is aborted.
 */
export const runGroups = async (run: RunGroups): Promise<readonly GroupState[]> => {
  const sites = { source: run.siteName('source'), target: run.siteName('target') };
  const states = run.groups.map((group) => newGroupState(group, sites));
  try {
    await runAll(run, states);
  } finally {
    for (const state of states) leave(run, state, 'ended');
  }
  return states;
};
