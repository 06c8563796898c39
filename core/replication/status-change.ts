import { formatTime, withCondition, withoutCondition } from '../model/condition.ts';
import { formatGoDuration } from '../model/duration.ts';
import type { Condition } from '../model/kubernetes-object.ts';
import type { VolumeReplicationStatus } from '../model/volume-replication.ts';
import type { SyncInfo } from './answer.ts';
import type { ConditionSet } from './condition-sets.ts';
import { currentState, type Facts } from './facts.ts';

/** What one pass found out about a VolumeReplication. */
export type StatusChange = {
  /** Kept as it is where left out. */
  state?: 'Primary' | 'Secondary';
  message: string;
  conditions: ConditionSet;
  /** Condition types that no longer say anything. */
  withdrawn?: readonly string[];
  sync?: SyncInfo;
  forgetsSyncTime?: boolean;
  destinationVolumeId?: string;
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

const nextConditions = (facts: Facts, change: StatusChange, time: string): Condition[] => {
  const { replication } = facts;
  const generation = replication.metadata.generation ?? 0;
  let conditions: Condition[] = [...(replication.status?.conditions ?? [])];
  // A later set of the same change overrides an earlier one, and only the outcome counts as a transition.
  const last = new Map(change.conditions.map((condition) => [condition.type, condition]));
  for (const fresh of last.values()) conditions = withCondition(conditions, fresh, { generation, time });
  for (const type of change.withdrawn ?? []) conditions = withoutCondition(conditions, type);
  return conditions;
};

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * The fields of `status` that change, as a merge patch; undefined when nothing does. Times of start and completion go along
 * with a change but are none by themselves, so that a steady volume costs no write.
 */
export const statusPatch = (facts: Facts, change: StatusChange): Record<string, unknown> | undefined => {
  const { replication, now } = facts;
  const before = replication.status ?? {};
  const time = formatTime(now);
  const { lastSyncTime, lastSyncDuration, lastSyncBytes } = syncFields(before, change);
  const after: Record<string, unknown> = {
    state: change.state ?? currentState(facts),
    message: change.message,
    observedGeneration: replication.metadata.generation ?? 0,
    conditions: nextConditions(facts, change, time),
    lastSyncTime,
    lastSyncDuration,
    lastSyncBytes,
    destinationVolumeID: change.destinationVolumeId ?? before.destinationVolumeID,
  };
  const old: Record<string, unknown> = before;
  const patch: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(after)) {
    // Condition lists keep their key order from the server; what we build has the same one.
    if (!isSame(sorted(value), sorted(old[field]))) patch[field] = value ?? null;
  }
  if (Object.keys(patch).length === 0) return undefined;
  return { ...patch, lastStartTime: time, ...(change.completed ? { lastCompletionTime: time } : {}) };
};

/** Keys in one order, so that two equal values print equal. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
};
