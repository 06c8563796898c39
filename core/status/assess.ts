import { type Followed, followedSincePromote } from '../following/followed.ts';
import { millisecondsOf } from '../model/api-time.ts';
import type { VolumeIdentity } from '../model/persistent-volume.ts';
import { known, type Reading, unknown } from '../model/reading.ts';
import { isRefused } from '../model/site-refusal.ts';
import { findOperations } from '../operation/operation-of-volume.ts';
import { mergeRecords, type Operation, type SiteRecords } from '../operation/read-record.ts';
import { type ClaimsByVolume, claimsByVolume, siteWithoutClaim } from './claim-there.ts';
import { decideVerdict } from './decide-verdict.ts';
import { onlyPrimaryOf, type PairFacts, type SideFacts, sidesOf } from './facts.ts';
import { type Lag, measureLag } from './lag.ts';
import { type AnotherVolume, type FindClaim, pairVolumes, type VolumePair } from './pairing.ts';
import { readRole } from './role.ts';
import { whyOneCluster } from './same-cluster.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { findClaims, protectedVolumesOf, type SiteVolume } from './site-volumes.ts';
import type { SiteName, SiteSnapshot } from './snapshot.ts';
import type { Verdict } from './verdict.ts';

/** One volume as both sites show it now: a row of `kubectl dr status`. */
export type VolumeStatus = {
  readonly namespace: string;
  readonly claimName: string;
  readonly identity: VolumeIdentity | undefined;
  /** False where the two sites share a row by name only. */
  readonly matched: boolean;
  /** One side without a peer, else two: here, then there. */
  readonly sides: readonly SideFacts[];
  readonly lag: Lag;
  readonly verdict: Verdict;
  /** The site that has no claim for the volume, as far as that could be read: a failover to it needs a backup. */
  readonly withoutClaim: SiteName | undefined;
  /** The last whole procedure on the volume, as far as it could be read. */
  readonly operation: Operation | undefined;
};

/** Claims that were asked for by name: they are shown even when nothing protects them. */
export type NamedClaims = { readonly namespace: string; readonly names: readonly string[] };

/** What `status` judges: the site that was asked for, its peer where one is known, and the clock in milliseconds. */
export type Assessment = {
  readonly here: SiteSnapshot;
  readonly there: SiteSnapshot | undefined;
  readonly named?: NamedClaims | undefined;
  readonly now: number;
};

type ScheduleLookup = (className: string | undefined) => Reading<Schedule>;

const schedulesOf = ({ objects }: SiteSnapshot): ScheduleLookup => {
  if (!objects.known) return () => objects;
  const { classes } = objects.value;
  if (!classes.known) return () => classes;
  const byName = new Map(classes.value.map((item) => [item.metadata.name, item]));
  return (className) => {
    const found = byName.get(className);
    return found === undefined ? unknown(`class ${className} does not exist`) : scheduleOf(found);
  };
};

const claimsOf = (snapshot: SiteSnapshot | undefined): FindClaim =>
  snapshot?.objects.known ? findClaims(snapshot.objects.value) : () => undefined;

const volumesOf = (
  { objects }: SiteSnapshot,
  find: FindClaim,
  named: NamedClaims | undefined,
): SiteVolume[] => {
  if (!objects.known) return [];
  const volumes = protectedVolumesOf(objects.value);
  const shown = new Set(volumes.map(({ namespace, claimName }) => `${namespace}/${claimName}`));
  const unprotected = (named?.names ?? [])
    .filter((name) => !shown.has(`${named?.namespace}/${name}`))
    .map((name) => find(named?.namespace ?? '', name));
  return [...volumes, ...unprotected.filter((volume) => volume !== undefined)];
};

const sideOf = ({ site, objects }: SiteSnapshot, volume: SiteVolume | undefined): SideFacts => ({
  site,
  volume,
  unreadable: objects.known ? undefined : objects.why,
  isRefused: isRefused(objects),
  role: readRole(objects.known ? known(volume?.replication) : objects),
});

/** Only a primary knows when it last synced: the counters of a replica are leftovers. */
const lagOf = (
  sides: Pick<PairFacts, 'here' | 'there'>,
  schedules: ReadonlyMap<string, ScheduleLookup>,
  now: number,
): Lag => {
  const primary = onlyPrimaryOf(sides);
  const shown = primary ?? sidesOf(sides).find(({ volume }) => volume?.replication !== undefined);
  const lookup = shown && schedules.get(shown.site.context);
  const schedule = lookup?.(shown?.volume?.replication?.className) ?? unknown('no class names a schedule');
  return measureLag(millisecondsOf(primary?.volume?.replication?.status?.lastSyncTime), schedule, now);
};

const followedIn = (sides: Pick<PairFacts, 'here' | 'there'>, { schedule }: Lag): Followed | undefined => {
  const replication = onlyPrimaryOf(sides)?.volume?.replication;
  const isJournal = schedule.known && schedule.value.kind === 'journal';
  return replication && followedSincePromote(replication, { isJournal });
};

/** Records that could not be read are none: they only ever explain what both sites show by themselves. */
const recordsOf = ({ site, objects }: SiteSnapshot): SiteRecords => ({
  site,
  records: objects.known && objects.value.operations.known ? objects.value.operations.value : [],
});

const siteOfAnother = (
  { side, identity }: AnotherVolume,
  sides: Pick<PairFacts, 'here' | 'there'>,
): PairFacts['another'] => {
  const site = side === 'here' ? sides.here.site : sides.there?.site;
  return site && { site, identity };
};

const noClaims: ClaimsByVolume = () => [];

/** For each side a look at whether it has a claim for the volume of the other one. */
const claimLacks = (
  { here, there }: Pick<Assessment, 'here' | 'there'>,
  find: { readonly here: FindClaim; readonly there: FindClaim },
) => {
  const of = (snapshot: SiteSnapshot | undefined) =>
    snapshot?.objects.known ? claimsByVolume(snapshot.objects.value) : noClaims;
  const volumes = { here: of(here), there: of(there) };
  return (pair: VolumePair): SiteName | undefined => {
    if (there === undefined || (pair.here !== undefined && pair.there !== undefined)) return undefined;
    return pair.here === undefined
      ? siteWithoutClaim(pair, { snapshot: here, find: find.here }, volumes.here)
      : siteWithoutClaim(pair, { snapshot: there, find: find.there }, volumes.there);
  };
};

/** Judges every protected volume of the two sites, in the order of namespace and name. */
export const assess = ({ here, there, named, now }: Assessment): VolumeStatus[] => {
  const sameCluster = there && whyOneCluster(here, there);
  const snapshots = there === undefined ? [here] : [here, there];
  const schedules = new Map(snapshots.map((snapshot) => [snapshot.site.context, schedulesOf(snapshot)]));
  const claims = { here: claimsOf(here), there: claimsOf(there) };
  const pairs = pairVolumes(
    volumesOf(here, claims.here, named),
    there === undefined ? [] : volumesOf(there, claims.there, named),
    claims,
  );
  const lacks = claimLacks({ here, there }, claims);
  const operationsOn = findOperations(mergeRecords(snapshots.map(recordsOf)));
  const judge = (pair: VolumePair): VolumeStatus => {
    const { namespace, claimName, unmatched, another } = pair;
    const sides = { here: sideOf(here, pair.here), there: there && sideOf(there, pair.there) };
    const lag = lagOf(sides, schedules, now);
    const claims = [{ namespace, claimName }, pair.here, pair.there].filter((claim) => claim !== undefined);
    const withoutClaim = lacks(pair);
    const [operation] = operationsOn({ identity: pair.identity, claims });
    return {
      namespace,
      claimName,
      identity: pair.identity,
      matched: unmatched === undefined,
      sides: sidesOf(sides),
      lag,
      withoutClaim,
      verdict: decideVerdict({
        namespace,
        claimName,
        ...sides,
        sameCluster,
        unmatched,
        another: another && siteOfAnother(another, sides),
        withoutClaim,
        lag,
        followed: followedIn(sides, lag),
        operation,
        now,
      }),
      operation: operation?.operation,
    };
  };
  return pairs.map(judge).toSorted(byName);
};

const byName = (a: VolumeStatus, b: VolumeStatus): number =>
  compare(a.namespace, b.namespace) || compare(a.claimName, b.claimName);

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
