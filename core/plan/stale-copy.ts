import { millisecondsOf, replicationOfVolume } from '../status/replication.ts';
import { isMarkedStale, wasResyncedFrom } from '../step/stale-mark.ts';
import type { StepFacts } from '../step/step-facts.ts';
import type { GroupNow, VolumeNow } from './move.ts';
import { replicationOf } from './steps/replication-steps.ts';

/**
 * Whether what the primary writes has arrived on the other side since it became primary: it tells of a sync that is younger than its
 * promotion. Recorded from ceph-csi: while the other image is in split brain there is no sync to tell of.
 */
export const isFollowed = (primary: StepFacts): boolean => {
  const replication = replicationOf(primary);
  if (replication === undefined) return false;
  const { askedAt, status } = replicationOfVolume(replication);
  const lastSync = millisecondsOf(status?.lastSyncTime);
  return lastSync !== undefined && askedAt !== undefined && lastSync > askedAt;
};

/** Whether a mark on the target's copy, or somebody, says that it is older, and nothing that it was made anew since. */
export const isSaidStale = (
  { volume, source, target }: VolumeNow,
  { isToldStale }: Pick<GroupNow, 'isToldStale'>,
): boolean => {
  if (!source.known || !target.known) return false;
  const [primary, copy] = [replicationOf(source.value), replicationOf(target.value)];
  if (copy === undefined) return false;
  if (isMarkedStale(copy)) return true;
  const wasMadeAnew = primary !== undefined && wasResyncedFrom(copy, source.value.here.name, primary);
  return isToldStale(volume) && !wasMadeAnew;
};

/** Whether the target's copy has to be made anew: said to be older, and what the source writes does not arrive there. */
export const isStale = (now: VolumeNow, group: Pick<GroupNow, 'isToldStale'>): boolean =>
  isSaidStale(now, group) && now.source.known && !isFollowed(now.source.value);
