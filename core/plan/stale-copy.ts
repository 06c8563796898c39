import { hasParted, isApart, leftNothing } from '../following/demotion.ts';
import { syncSincePromote } from '../following/followed.ts';
import { millisecondsOf } from '../model/api-time.ts';
import { currentCondition, replicationOfVolume } from '../status/replication.ts';
import { followedBy } from '../step/followed-by.ts';
import { isMarkedStale, wasResyncedFrom } from '../step/stale-mark.ts';
import type { StepFacts } from '../step/step-facts.ts';
import type { GroupNow, VolumeNow } from './move.ts';
import { replicationOf } from './steps/replication-steps.ts';

/**
 * Whether a replica shows that it follows its primary: the driver has answered OK since it was asked to be one. Recorded from ceph-csi:
 * in split brain each answer is an error. A site without a VolumeReplication shows nothing, and nothing stands against it.
 */
export const isFollowing = (copy: StepFacts): boolean => {
  const replication = replicationOf(copy);
  if (replication === undefined || copy.role.inSync) return true;
  return currentCondition(replicationOfVolume(replication), 'Resyncing')?.status === 'True';
};

const askedAtOf = (facts: StepFacts): number | undefined => {
  const replication = replicationOf(facts);
  return replication && replicationOfVolume(replication).askedAt;
};

/** Whether this very copy got it: the sync is also younger than its own demotion. */
const hasFollowed = (copy: StepFacts, primary: StepFacts): boolean => {
  const lastSync = millisecondsOf(replicationOf(primary)?.status?.lastSyncTime) ?? 0;
  return followedBy(primary).state === 'yes' && isFollowing(copy) && lastSync > (askedAtOf(copy) ?? 0);
};

/** Its own demotion tells that nobody had followed it, and the other side was primary since. */
const isApartFrom = (copy: StepFacts, source: StepFacts): boolean => {
  const [own, other] = [replicationOf(copy), replicationOf(source)];
  if (own?.spec.replicationState !== 'secondary' || other === undefined) return false;
  const { demotion } = replicationOfVolume(own);
  return source.role.role === 'primary'
    ? isApart(demotion, syncSincePromote(followedBy(source)))
    : hasParted(demotion, replicationOfVolume(other).demotion);
};

/**
 * Whether a primary holds everything that the demoted side wrote: it was resynced from that side, which had been followed when it was
 * demoted; or that side follows it by now.
 */
export const hasTakenUp = (primary: StepFacts, demoted: StepFacts): boolean => {
  const [taken, left] = [replicationOf(primary), replicationOf(demoted)];
  if (taken === undefined || left === undefined) return false;
  const wasHandedOver =
    wasResyncedFrom(taken, demoted.here.name, left) && leftNothing(replicationOfVolume(left).demotion);
  return wasHandedOver || (hasFollowed(demoted, primary) && !isApartFrom(demoted, primary));
};

/** Whether a mark on the target's copy, or somebody, says that it is older, and nothing that it was made anew since. */
export const isSaidStale = (
  { volume, source, target }: VolumeNow,
  { isToldStale }: Pick<GroupNow, 'isToldStale'>,
): boolean => {
  if (!source.known || !target.known) return false;
  const [primary, copy] = [replicationOf(source.value), replicationOf(target.value)];
  if (copy === undefined) return false;
  if (isMarkedStale(copy) || isApartFrom(target.value, source.value)) return true;
  const wasMadeAnew = primary !== undefined && wasResyncedFrom(copy, source.value.here.name, primary);
  return isToldStale(volume) && !wasMadeAnew;
};

/** Whether the target's copy has to be made anew: said to be older, and what the source writes does not arrive there. */
export const isStale = (now: VolumeNow, group: Pick<GroupNow, 'isToldStale'>): boolean => {
  const { source, target } = now;
  if (!source.known || !target.known || !isSaidStale(now, group)) return false;
  return !hasFollowed(target.value, source.value);
};
