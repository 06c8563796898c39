import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeIdentityKey,
  volumeIdentityOf,
} from '../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../core/model/reading.ts';
import { replicationNames, type VolumeReplication } from '../core/model/volume-replication.ts';
import type { ReplicationHere } from '../core/rules/replication-facts.ts';
import type { ObjectCache } from '../kube/object-cache.ts';

type ClaimKey = { namespace: string; name: string };

/** The caches in which replications are found by their claim, and claims by the volume they hold. */
export type ReplicationLookup = {
  replications: Pick<ObjectCache<VolumeReplication>, 'by'>;
  claims: Pick<ObjectCache<PersistentVolumeClaim>, 'get' | 'by'>;
  volumes: Pick<ObjectCache<PersistentVolume>, 'get' | 'by'>;
};

const claimSource = (claim: ClaimKey): string => `${claim.namespace}/${claim.name}`;
const groupSource = (namespace: string, name: string): string => `${namespace}/group/${name}`;

/** Index of VolumeReplications by their source: a claim, or the group whose state they carry. */
export const sourceIndex = ({ metadata: { namespace = '' }, spec }: VolumeReplication): string[] => {
  const { kind, name } = spec.dataSource;
  if (kind === 'PersistentVolumeClaim') return [claimSource({ namespace, name })];
  return kind === 'VolumeGroupReplication' ? [groupSource(namespace, name)] : [];
};

/** Index of claims by the name of their volume. */
export const volumeIndex = ({ spec }: PersistentVolumeClaim): string[] =>
  spec?.volumeName ? [spec.volumeName] : [];

/** Index of volumes by identity. */
export const identityIndex = (volume: PersistentVolume): string[] => {
  const identity = volumeIdentityOf(volume);
  return identity === undefined ? [] : [volumeIdentityKey(identity)];
};

/** The VolumeReplications whose source is this claim. */
export const replicationsOfClaim = (
  { replications }: Pick<ReplicationLookup, 'replications'>,
  claim: ClaimKey,
): VolumeReplication[] => replications.by('source', claimSource(claim));

/** The claims that hold a volume of the same identity, or that such a volume is reserved for. */
const claimsOfSameVolume = (lookup: ReplicationLookup, volume: PersistentVolume): ClaimKey[] => {
  const found = new Map<string, ClaimKey>();
  const add = (namespace = '', name = ''): void => {
    if (name !== '') found.set(claimSource({ namespace, name }), { namespace, name });
  };
  for (const key of identityIndex(volume)) {
    for (const { metadata, spec } of lookup.volumes.by('identity', key)) {
      add(spec?.claimRef?.namespace, spec?.claimRef?.name);
      for (const claim of lookup.claims.by('volume', metadata.name ?? '')) {
        add(claim.metadata.namespace, claim.metadata.name);
      }
    }
  }
  return [...found.values()];
};

const replicationHere = (
  { metadata, spec, status }: VolumeReplication,
  { kind, name, claimName }: Pick<ReplicationHere, 'kind' | 'name' | 'claimName'>,
): ReplicationHere => ({
  kind,
  namespace: metadata.namespace ?? '',
  name,
  claimName,
  wants: spec.replicationState,
  state: status?.state ?? '',
});

/** The group that a claim belongs to. Its state is read from the VolumeReplication that groups are carried out by. */
const groupOfClaim = (
  lookup: ReplicationLookup,
  { namespace, name: claimName }: ClaimKey,
): Reading<ReplicationHere[]> => {
  const claim = lookup.claims.get({ namespace, name: claimName });
  const name = claim?.metadata.annotations?.[replicationNames.pvcGroupOwnerAnnotation];
  if (!name) return known([]);
  const carriers = lookup.replications.by('source', groupSource(namespace, name));
  if (carriers.length === 0) {
    return unknown(
      `VolumeGroupReplication ${namespace}/${name} takes claim ${claimName} in, and its state is not known`,
    );
  }
  return known(
    carriers.map((carrier) => replicationHere(carrier, { kind: 'VolumeGroupReplication', name, claimName })),
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
        `claim ${claimSource(claim)} holds the same volume, and only namespace ${watched} is watched`,
      );
    }
    for (const other of replicationsOfClaim(lookup, claim)) {
      const { name = '' } = other.metadata;
      const described = { kind: 'VolumeReplication', name, claimName: claim.name } as const;
      if (isInTheWay(other, self)) found.push(replicationHere(other, described));
    }
    const groups = groupOfClaim(lookup, claim);
    if (!groups.known) return groups;
    found.push(...groups.value);
  }
  return known(found);
};

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
