import pLimit from 'p-limit';
import { lookAtGroup } from '../../core/plan/look-at-group.ts';
import type { MoveFacts, MoveGroup, MoveVolume } from '../../core/plan/move.ts';
import { workloadsOfGroup } from '../../core/plan/workloads-of-group.ts';
import { isRunning } from '../../core/workload/is-running.ts';
import type { Io } from '../io.ts';
import { consentFor, type Losses } from './ask-losses.ts';
import type { ChangeSignal } from './change-signal.ts';
import { type GroupState, writeId } from './group-state.ts';
import type { LiveSite } from './live-site.ts';
import { noteStep, noteStepDone, noteStepLeft, noteStepPassed } from './operation-status.ts';
import { type Performing, performWrite } from './perform-write.ts';
import type { Progress } from './progress/progress.ts';
import { type GroupEvents, runGroups } from './run-groups.ts';
import type { RunLog } from './run-log.ts';
import { describeRetry } from './tell-blocks.ts';
import { createVerifyUnused } from './verify-unused.ts';

/** What groups are moved with. */
export type MoveGroups = {
  readonly groups: readonly MoveGroup[];
  readonly sites: { readonly source: LiveSite; readonly target: LiveSite };
  readonly facts: () => MoveFacts;
  readonly restore: (group: MoveGroup) => Promise<void>;
  readonly losses: Losses;
  readonly by: string;
  readonly reason: string | undefined;
  readonly onPromote: (volume: MoveVolume) => Promise<void> | void;
  readonly log: RunLog;
  /** The record is to be written soon. */
  readonly onChange: () => void;
  /** Nothing is left to be done: the first sync back is waited for. Called once, where that is so for all groups. */
  readonly onUp: () => void;
  /** Aborted when that is not waited for any more. */
  readonly enough: AbortSignal;
  readonly progress: Progress;
  readonly parallel: number;
  readonly changes: ChangeSignal;
  readonly io: Pick<Io, 'now'>;
  readonly signal: AbortSignal;
};

const milestones = (log: RunLog, name: string, now: number): void => {
  if (name === 'Promote') log.lastPrimaryAt = now;
  if (name === 'Ready') log.lastReadyAt = now;
};

/** Tells each failure once, however often it comes again. What is restored tells of itself. */
const createRetryTeller = ({ progress, facts }: MoveGroups): GroupEvents['onRetry'] => {
  const told = new Set<string>();
  return ({ group }, write, error) => {
    if (write.kind === 'restore') return;
    const line = describeRetry(write, error, facts());
    const key = `${writeId(write)} ${line.message}`;
    if (told.has(key)) return;
    told.add(key);
    progress.tell({ ...line, group: group.name });
  };
};

const eventsOf = (move: MoveGroups): GroupEvents => ({
  ...stepEventsOf(move),
  onRetry: createRetryTeller(move),
});

/** What a group has behind it when it comes to a step, or to its end. */
const notePassed = (log: RunLog, { steps, sites }: GroupState, until: number, now: number): void => {
  for (const { kind } of steps.slice(0, until)) noteStepPassed(log, kind.name, sites[kind.site], now);
};

/** Calls back once all groups have nothing left but to be mirrored back. */
const createUpTeller = ({ groups, onUp }: MoveGroups) => {
  const up = new Set<GroupState>();
  let isTold = false;
  return {
    at: (state: GroupState, name: string): void => {
      if (name === 'Reverse') up.add(state);
      if (isTold || up.size < groups.length) return;
      isTold = true;
      onUp();
    },
    left: (state: GroupState): void => void up.delete(state),
  };
};

/** Nothing is ready where nothing runs: volumes alone have moved, or somebody else has to make the workloads. */
const hasRunning = ({ facts }: MoveGroups, { group }: GroupState): boolean => {
  const workloads = workloadsOfGroup(lookAtGroup(facts(), group), 'target');
  return workloads.known && workloads.value.some(isRunning);
};

const stepEventsOf = (move: MoveGroups): Omit<GroupEvents, 'onRetry'> => {
  const { progress, log, onChange, io } = move;
  const up = createUpTeller(move);
  return {
    onStep: (state, step) => {
      const { name } = step.kind;
      const now = io.now();
      if (state.current !== undefined) {
        notePassed(log, state, state.current.index, now);
        noteStep(log, name, state.current.site, now);
      }
      if (name === 'Reverse' && hasRunning(move, state)) log.lastReadyAt ??= now;
      progress.stepStarted(state, step);
      up.at(state, name);
      onChange();
    },
    onStepDone: (state, current, tookMs) => {
      noteStepDone(log, current.name, current.site, io.now());
      milestones(log, current.name, io.now());
      progress.stepDone(state, current, tookMs);
      onChange();
    },
    onStepLeft: (state, current, why) => {
      noteStepLeft(log, current.name, current.site);
      up.left(state);
      progress.stepLeft(state, current, why);
    },
    onLook: (state, step) => progress.looked(state, step),
    onEnd: (state) => {
      if (state.end?.is === 'done') {
        const isWhole = state.end.unseen === undefined;
        notePassed(log, state, state.steps.length - (isWhole ? 0 : 1), io.now());
        if (log.promotedAt !== undefined && hasRunning(move, state)) log.lastReadyAt ??= io.now();
      }
      progress.ended(state);
    },
  };
};

const performingOf = (move: MoveGroups): Omit<Performing, 'restore'> => {
  const { sites, changes, signal, io, losses, by, reason } = move;
  const verify = (site: LiveSite) => createVerifyUnused(site.site, { now: io.now, signal });
  return {
    sites,
    consentFor: consentFor(losses, { by, reason, now: io.now }),
    verifyUnused: { source: verify(sites.source), target: verify(sites.target) },
    onPromote: move.onPromote,
    onManager: ({ name }, message) => move.progress.tell({ type: 'Info', site: name, message }),
    changes,
    signal,
  };
};

/** Moves groups, and answers how each of them ended. Rejects when the signal is aborted. */
export const moveGroups = (move: MoveGroups): Promise<readonly GroupState[]> => {
  const limit = pLimit(move.parallel);
  const performing = performingOf(move);
  return runGroups({
    groups: move.groups,
    facts: move.facts,
    siteName: (role) => move.sites[role].site.name,
    perform: (write, { group }) => {
      const all: Performing = { ...performing, restore: () => move.restore(group) };
      return write.kind === 'restore' ? performWrite(write, all) : limit(() => performWrite(write, all));
    },
    changes: move.changes,
    events: eventsOf(move),
    enough: move.enough,
    signal: move.signal,
    now: move.io.now,
  });
};
