import { millisecondsOf } from '../model/api-time.ts';
import type { Condition } from '../model/kubernetes-object.ts';
import { known } from '../model/reading.ts';
import { currentCondition, type Replication } from '../status/replication.ts';
import { readRole } from '../status/role.ts';
import type { DemotionNote } from './demotion.ts';

/**
 * Whether the other site's copy has followed a primary since its last promote: a snapshot that this primary took is complete over there.
 * Until then that copy is what it was before the promote, and what a driver says of two demoted sides is worth nothing: for some 25 s
 * after a promote ceph-csi answers `ready: true` and promotes the other side without force, though nothing has been replayed (recorded:
 * 48 MiB were lost, and no call failed).
 */
export type Followed =
  | {
      readonly state: 'yes';
      /** The sync that tells, milliseconds since the epoch; undefined where none is needed, or none is known any more. */
      readonly lastSync?: number | undefined;
    }
  | {
      readonly state: 'no';
      /** When it became primary at the latest, milliseconds since the epoch; undefined where nobody knows. */
      readonly since: number | undefined;
      /** It was followed after its promote, and is not any more: then `since` is when that was seen. */
      readonly isLost?: boolean;
    }
  /** `why` is one clause. */
  | { readonly state: 'unknown'; readonly why: string };

/** The condition by which dr-controller tells of it while the volume is primary; kubernetes-csi-addons has none. */
export const followedCondition = 'Followed';

/** Its reason where the other site followed once, and does not any more. */
export const lostReason = 'NoLongerFollowed';

/** The clocks of one site (its API server, its nodes, its storage) may differ by so much, whole seconds in API times included. */
export const clockToleranceMs = 2_000;

/** A sync that lies further ahead than that tells that clocks differ: then comparing times says nothing. */
export const isInFuture = (lastSync: number, now: number): boolean => lastSync > now + clockToleranceMs;

/** What tells beside the object itself. */
export type FollowedOptions = {
  /** The class mirrors each write by itself: such a driver tells of no sync, ever. */
  readonly isJournal: boolean;
};

type Check = (replication: Replication, options: FollowedOptions) => Followed | undefined;

const yes: Followed = { state: 'yes' };
const unknown = (why: string): Followed => ({ state: 'unknown', why });

/** What was never primary has written nothing that anybody could have followed. */
const neverPrimary: Check = (replication) => {
  const { role, why } = readRole(known(replication));
  if (role === 'primary') return undefined;
  // A status can be cleared; the finalizer tells that a controller has acted all the same.
  const isUntouched = !replication.status?.state && !replication.isTakenUp;
  return role !== 'unknown' || isUntouched ? yes : unknown(`whether it was promoted is not known: ${why}`);
};

/**
 * What a condition `Followed` says; `since`: when it began to say so, `lastSync`: what the driver tells beside it, in milliseconds since the
 * epoch.
 */
export const readingOfFollowed = (
  { status, reason, message }: Pick<Condition, 'status' | 'reason' | 'message'>,
  { since, lastSync }: { readonly since: number | undefined; readonly lastSync: number | undefined },
): Followed => {
  if (status === 'True') return { state: 'yes', lastSync };
  if (status !== 'False') return unknown(message);
  return { state: 'no', since, ...(reason === lostReason ? { isLost: true } : {}) };
};

/** dr-controller saw the promote, and what the driver has told since. It speaks of the spec that it acted on last. */
const asTheControllerTells: Check = (replication) => {
  const condition = replication.status?.conditions?.find(({ type }) => type === followedCondition);
  const observed = replication.status?.observedGeneration;
  if (condition === undefined || condition.observedGeneration !== observed) return undefined;
  return readingOfFollowed(condition, {
    since: millisecondsOf(condition.lastTransitionTime),
    lastSync: millisecondsOf(replication.status?.lastSyncTime),
  });
};

const tellsNoSyncs: Check = (_, { isJournal }) =>
  isJournal ? unknown('its class mirrors in journal mode, of which a driver tells no sync times') : undefined;

/**
 * A snapshot that is younger than the wish to be primary was taken by this primary: before it, the last one was taken no later than its
 * own demotion. The promote itself takes one. Its conditions tell nothing, as they need not turn with a promote, and the clock of
 * whoever looks has no part in it: a laptop's may be anything.
 */
const bySyncTime: Check = (replication) => {
  const { askedAt, status } = replication;
  const lastSync = millisecondsOf(status?.lastSyncTime);
  if (askedAt === undefined) return unknown('when it was asked to be primary is not known');
  if (lastSync === undefined) return { state: 'no', since: askedAt };
  const toldAt = millisecondsOf(status?.lastCompletionTime);
  if (toldAt !== undefined && isInFuture(lastSync, toldAt))
    return unknown(
      'its last sync is later than the moment at which the controller was told of it: clocks differ',
    );
  return lastSync > askedAt ? { state: 'yes', lastSync } : { state: 'no', since: askedAt };
};

const checks: readonly Check[] = [neverPrimary, asTheControllerTells, tellsNoSyncs, bySyncTime];

/** Whether the other site has followed since this one became primary, from what its own replication shows. */
export const followedSincePromote = (replication: Replication, options: FollowedOptions): Followed => {
  for (const check of checks) {
    const found = check(replication, options);
    if (found !== undefined) return found;
  }
  return unknown('nothing tells');
};

/** The last sync of a primary, if it was taken since its promote, milliseconds since the epoch. */
export const syncSincePromote = (followed: Followed | undefined): number | undefined =>
  followed?.state === 'yes' ? followed.lastSync : undefined;

/** What is written down where a primary is asked to step down at a moment, milliseconds since the epoch. */
export const noteOfDemotion = (followed: Followed, at: number): DemotionNote => ({
  followed: followed.state,
  at,
  lastSync: syncSincePromote(followed),
});

/** Whether the replication is one that dr-controller acts on: then its condition can be waited for. */
export const hasFollowedCondition = (replication: Replication): boolean =>
  currentCondition(replication, followedCondition) !== undefined;
