import { formatTime, withCondition, withoutCondition } from '../model/condition.ts';
import { formatGoDuration } from '../model/duration.ts';
import type { Condition } from '../model/kubernetes-object.ts';
import type { VolumeReplicationStatus } from '../model/volume-replication.ts';
import type { SyncInfo } from './answer.ts';
import type { ConditionSet } from './condition-sets.ts';
import { currentState, type Facts, followedBefore } from './facts.ts';

/** What one pass found out about a VolumeReplication. */
export type StatusChange = {
  /** Kept as it is where left out. */
  state?: 'Primary' | 'Secondary' | 'Unknown';
  message: string;
  conditions: ConditionSet;
  /** Condition types that no longer say anything. */
  withdrawn?: readonly string[];
  sync?: SyncInfo;
  forgetsSyncTime?: boolean;
  destinationVolumeId?: string;
  /** Nothing was done for the present spec yet: `observedGeneration` stays. */
  isUnacted?: boolean;
  /** What was asked for is reached: `lastCompletionTime`. */
  completed?: boolean;
};

const syncFields = (
  before: VolumeReplicationStatus,
  { sync, forgetsSyncTime }: StatusChange,
): Pick<VolumeReplicationStatus, 'lastSyncTime' | 'lastSyncDuration' | 'lastSyncBytes'> => {
  const { lastSyncTime, lastSyncDuration, lastSyncBytes } = before;
  const kept = {
    ...(lastSyncTime === undefined || forgetsSyncTime ? {} : { lastSyncTime }),
    ...(lastSyncDuration === undefined ? {} : { lastSyncDuration }),
    ...(lastSyncBytes === undefined ? {} : { lastSyncBytes }),
  };
  if (sync?.lastSyncTime === undefined) return kept;
  return {
    lastSyncTime: formatTime(sync.lastSyncTime),
    ...(sync.lastSyncDuration === undefined
      ? {}
      : { lastSyncDuration: formatGoDuration(sync.lastSyncDuration) }),
    ...(sync.lastSyncBytes === 0 ? {} : { lastSyncBytes: sync.lastSyncBytes }),
  };
};

const plainFields = [
  'state',
  'message',
  'observedGeneration',
  'lastSyncTime',
  'lastSyncDuration',
  'lastSyncBytes',
  'destinationVolumeID',
] as const;

const destinationOf = (
  before: VolumeReplicationStatus,
  { destinationVolumeId = before.destinationVolumeID }: StatusChange,
): Pick<VolumeReplicationStatus, 'destinationVolumeID'> =>
  destinationVolumeId === undefined ? {} : { destinationVolumeID: destinationVolumeId };

const observedGeneration = (
  { replication }: Facts,
  { isUnacted = false }: StatusChange,
): Pick<VolumeReplicationStatus, 'observedGeneration'> => {
  if (!isUnacted) return { observedGeneration: replication.metadata.generation ?? 0 };
  const before = replication.status?.observedGeneration;
  return before === undefined ? {} : { observedGeneration: before };
};

/**
 * What is known of the copy of a volume that stays primary holds for the present spec, too, whatever the pass was about: a demotion that
 * fails once must not make it unknown.
 */
const stillFollowed = (facts: Facts, { state, isUnacted }: StatusChange): ConditionSet => {
  const before = followedBefore(facts);
  const staysPrimary = (state ?? currentState(facts)) === 'Primary';
  return before === undefined || !staysPrimary || isUnacted ? [] : [before];
};

const nextConditions = (facts: Facts, change: StatusChange, time: string): Condition[] => {
  const { replication } = facts;
  const generation = replication.metadata.generation ?? 0;
  let conditions: Condition[] = [...(replication.status?.conditions ?? [])];
  // A later set of the same change overrides an earlier one, and only the outcome counts as a transition.
  const fresh = [...stillFollowed(facts, change), ...change.conditions];
  const last = new Map(fresh.map((condition) => [condition.type, condition]));
  for (const next of last.values()) conditions = withCondition(conditions, next, { generation, time });
  for (const type of change.withdrawn ?? []) conditions = withoutCondition(conditions, type);
  return conditions;
};

const conditionFields = [
  'type',
  'status',
  'reason',
  'message',
  'observedGeneration',
  'lastTransitionTime',
] as const;

const areSameConditions = (a: readonly Condition[], b: readonly Condition[]): boolean =>
  a.length === b.length &&
  a.every((condition, index) => conditionFields.every((field) => condition[field] === b[index]?.[field]));

/**
 * The fields of `status` that change, as a merge patch; undefined when nothing does. Times of start and completion go along
 * with a change but are none by themselves, so that a steady volume costs no write.
 */
export const statusPatch = (facts: Facts, change: StatusChange): Record<string, unknown> | undefined => {
  const { replication, now } = facts;
  const before = replication.status ?? {};
  const time = formatTime(now);
  const conditions = nextConditions(facts, change, time);
  const after: VolumeReplicationStatus = {
    state: change.state ?? currentState(facts),
    message: change.message,
    ...observedGeneration(facts, change),
    ...syncFields(before, change),
    ...destinationOf(before, change),
  };
  const patch: Record<string, unknown> = {};
  for (const field of plainFields) {
    if (after[field] !== before[field]) patch[field] = after[field] ?? null;
  }
  if (!areSameConditions(conditions, before.conditions ?? [])) patch['conditions'] = conditions;
  if (Object.keys(patch).length === 0) return undefined;
  return { ...patch, lastStartTime: time, ...(change.completed ? { lastCompletionTime: time } : {}) };
};
