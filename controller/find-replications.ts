import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeIdentityOf,
} from '../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../core/model/reading.ts';
import type { VolumeReplication } from '../core/model/volume-replication.ts';
import {
  type ClaimKey,
  claimKeyText,
  claimsOfVolume,
  type VolumeLookup,
} from '../core/protection/claims-of-volume.ts';
import { markedGroupOf } from '../core/protection/group-members.ts';
import { groupSourceKey, replicationHereOf, sourceKeyOf } from '../core/protection/protectors.ts';
import type { ReplicationHere } from '../core/rules/replication-facts.ts';
import type { ObjectCache } from '../kube/object-cache.ts';

/** The caches in which replications are found by their source, and claims by the volume they hold. */
export type ReplicationLookup = {
  replications: Pick<ObjectCache<VolumeReplication>, 'by'>;
  claims: Pick<ObjectCache<PersistentVolumeClaim>, 'get' | 'by'>;
  volumes: Pick<ObjectCache<PersistentVolume>, 'get' | 'by'>;
};

/** Index of VolumeReplications by their source: a claim, or the group whose state they carry. */
export const sourceIndex = (replication: VolumeReplication): string[] => {
  const source = sourceKeyOf(replication);
  return source === undefined ? [] : [source];
};

/** Index of claims by the name of their volume. */
export const volumeIndex = ({ spec }: PersistentVolumeClaim): string[] =>
  spec?.volumeName ? [spec.volumeName] : [];

/** The VolumeReplications whose source is this claim. */
export const replicationsOfClaim = (
  { replications }: Pick<ReplicationLookup, 'replications'>,
  claim: ClaimKey,
): VolumeReplication[] => replications.by('source', claimKeyText(claim));

const claimsOfSameVolume = ({ claims, volumes }: ReplicationLookup, volume: PersistentVolume) => {
  const lookup: VolumeLookup = {
    claim: (key) => claims.get(key),
    volume: (name) => volumes.get({ name }),
    volumesOf: (identity) => volumes.by('identity', identity),
    claimsNaming: (name) => claims.by('volume', name),
  };
  const identity = volumeIdentityOf(volume);
  return identity === undefined ? [] : claimsOfVolume(lookup, identity);
};

/** The group that a claim belongs to. Its state is read from the VolumeReplication that groups are carried out by. */
const groupOfClaim = (lookup: ReplicationLookup, key: ClaimKey): Reading<ReplicationHere[]> => {
  const claim = lookup.claims.get(key);
  const name = claim && markedGroupOf(claim);
  if (!name) return known([]);
  const carriers = lookup.replications.by('source', groupSourceKey(key.namespace, name));
  if (carriers.length === 0) {
    return unknown(
      `VolumeGroupReplication ${key.namespace}/${name} takes claim ${key.name} in, and its state is not known`,
    );
  }
  return known(
    carriers.map((object) => ({
      ...replicationHereOf({ kind: 'VolumeReplication', object }, key.name),
      kind: 'VolumeGroupReplication',
      name,
    })),
  );
};

/**
 * A second VolumeReplication of the very same claim reaches no driver while the claim's mark names the first one, so it counts
 * only where it is primary already: two that are made together must not wait for each other.
 */
const isInTheWay = (other: VolumeReplication, self: VolumeReplication): boolean => {
  if (other.metadata.namespace !== self.metadata.namespace) return true;
  if (other.metadata.name === self.metadata.name) return false;
  return other.spec.dataSource.name !== self.spec.dataSource.name || other.status?.state === 'Primary';
};

/**
 * Other replications of this cluster whose volume has the identity of `volume`, whatever their claim and namespace. Unknown where
 * such a volume belongs to a namespace other than the one that is watched.
 */
export const replicationsOfSameVolume = (
  lookup: ReplicationLookup,
  { self, volume, watched }: { self: VolumeReplication; volume: PersistentVolume; watched: string },
): Reading<readonly ReplicationHere[]> => {
  const found: ReplicationHere[] = [];
  for (const claim of claimsOfSameVolume(lookup, volume)) {
    if (watched !== '' && claim.namespace !== watched) {
      return unknown(
        `claim ${claimKeyText(claim)} holds the same volume, and only namespace ${watched} is watched`,
      );
    }
    for (const object of replicationsOfClaim(lookup, claim)) {
      const other = replicationHereOf({ kind: 'VolumeReplication', object }, claim.name);
      if (isInTheWay(object, self)) found.push(other);
    }
    const groups = groupOfClaim(lookup, claim);
    if (!groups.known) return groups;
    found.push(...groups.value);
  }
  return known(found);
};

/**
 * Replications of this cluster that have the volume through another claim than `claim`, and are not being deleted: what is done
 * to the volume is done to theirs.
 */
export const replicationsSharing = (
  lookup: ReplicationLookup,
  { claim, volume }: { claim: ClaimKey; volume: PersistentVolume },
): readonly ReplicationHere[] =>
  claimsOfSameVolume(lookup, volume)
    .filter((other) => claimKeyText(other) !== claimKeyText(claim))
    .flatMap((other) =>
      replicationsOfClaim(lookup, other)
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .map((object) => replicationHereOf({ kind: 'VolumeReplication', object }, other.name)),
    );

const ofClaimsVolume = (lookup: ReplicationLookup, claim: ClaimKey): VolumeReplication[] => {
  const volumeName = lookup.claims.get(claim)?.spec?.volumeName;
  const volume = volumeName === undefined ? undefined : lookup.volumes.get({ name: volumeName });
  const claims = volume === undefined ? [claim] : claimsOfSameVolume(lookup, volume);
  return claims.flatMap((other) => replicationsOfClaim(lookup, other));
};

/** The VolumeReplications that wait to become primary in the place of this one, which was that and no longer is. */
export const waitingForVolumeOf = (
  lookup: ReplicationLookup,
  { metadata: { namespace = '', uid }, spec }: VolumeReplication,
): VolumeReplication[] => {
  if (spec.dataSource.kind !== 'PersistentVolumeClaim') return [];
  return ofClaimsVolume(lookup, { namespace, name: spec.dataSource.name }).filter(
    (other) =>
      other.metadata.uid !== uid &&
      other.spec.replicationState === 'primary' &&
      other.status?.state !== 'Primary',
  );
};
