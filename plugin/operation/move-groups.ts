import pLimit from 'p-limit';
import type { MoveFacts, MoveGroup, MoveVolume } from '../../core/plan/move.ts';
import type { Io } from '../io.ts';
import { consentFor, type Losses } from './ask-losses.ts';
import type { ChangeSignal } from './change-signal.ts';
import { type GroupState, writeId } from './group-state.ts';
import type { LiveSite } from './live-site.ts';
import { noteStep, noteStepDone, type RunLog } from './operation-status.ts';
import { type Performing, performWrite } from './perform-write.ts';
import type { Progress } from './progress/progress.ts';
import { type GroupEvents, runGroups } from './run-groups.ts';
import { describeRetry } from './tell-blocks.ts';
import { createVerifyUnused } from './verify-unused.ts';

/** What groups are moved with. */
export type MoveGroups = {
  readonly groups: readonly MoveGroup[];
  readonly sites: { readonly source: LiveSite; readonly target: LiveSite };
  readonly facts: () => MoveFacts;
  readonly restore: () => Promise<void>;
  readonly losses: Losses;
  readonly by: string;
  readonly reason: string | undefined;
  readonly onPromote: (volume: MoveVolume) => Promise<void> | void;
  readonly log: RunLog;
  /** The record is to be written soon. */
  readonly onChange: () => void;
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

const stepEventsOf = ({ progress, log, onChange, io }: MoveGroups): Omit<GroupEvents, 'onRetry'> => ({
  onStep: (state, step) => {
    if (state.current !== undefined) noteStep(log, step.kind.name, state.current.site, io.now());
    progress.stepStarted(state, step);
    onChange();
  },
  onStepDone: (state, current, tookMs) => {
    noteStepDone(log, current.name, current.site, io.now());
    milestones(log, current.name, io.now());
    progress.stepDone(state, current, tookMs);
    onChange();
  },
  onStepLeft: (state, current) => {
    noteStepDone(log, current.name, current.site, io.now());
    progress.stepLeft(state, current);
  },
  onLook: (state, step) => progress.looked(state, step),
  onEnd: (state) => {
    if (state.end?.is === 'done' && log.promotedAt !== undefined) log.lastReadyAt ??= io.now();
    progress.ended(state);
  },
});

const performingOf = (move: MoveGroups): Performing => {
  const { sites, changes, signal, io, losses, by, reason } = move;
  const verify = (site: LiveSite) => createVerifyUnused(site.site, { now: io.now, signal });
  return {
    sites,
    consentFor: consentFor(losses, { by, reason, now: io.now }),
    verifyUnused: { source: verify(sites.source), target: verify(sites.target) },
    restore: move.restore,
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
    perform: (write) =>
      write.kind === 'restore'
        ? performWrite(write, performing)
        : limit(() => performWrite(write, performing)),
    changes: move.changes,
    events: eventsOf(move),
    signal: move.signal,
    now: move.io.now,
  });
};
