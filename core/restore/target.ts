import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { known, type Reading } from '../model/reading.ts';
import { type ClaimKey, claimKeyText, claimRefKey, keyOfClaim } from '../protection/claims-of-volume.ts';
import { identityKeysOf } from '../protection/keys-of-volume.ts';
import type { SiteName } from '../status/snapshot.ts';
import { nameKey, nameOf, type ObjectName } from './object-name.ts';

/** `v1` ResourceQuota. */
export type ResourceQuota = KubernetesObject & {
  spec?: { hard?: Readonly<Record<string, string>>; scopes?: unknown; scopeSelector?: unknown };
  status?: { hard?: Readonly<Record<string, string>>; used?: Readonly<Record<string, string>> };
};

/** What was read of the site that is restored to. */
export type TargetFacts = {
  readonly site: SiteName;
  /** Uid of the namespace `kube-system`. */
  readonly clusterUid: Reading<string>;
  readonly namespaces: Reading<readonly KubernetesObject[]>;
  readonly storageClasses: Reading<readonly KubernetesObject[]>;
  /** Classes of replications, by kind: each may be one that the cluster does not serve. */
  readonly replicationClasses: Reading<readonly KubernetesObject[]>;
  readonly groupReplicationClasses: Reading<readonly KubernetesObject[]>;
  /** Of these, the kinds that the cluster does not serve. */
  readonly unservedKinds: ReadonlySet<string>;
  /** All of the cluster. */
  readonly volumes: readonly PersistentVolume[];
  /** Those of the namespaces that are restored to. */
  readonly claims: readonly PersistentVolumeClaim[];
  /** Names of CSI drivers that the cluster or one of its nodes knows. */
  readonly drivers: Reading<ReadonlySet<string>>;
  /** Read where a PV demands something of them; else none. */
  readonly nodes: Reading<readonly KubernetesObject[]>;
  /** Those of the namespaces that are restored to. */
  readonly quotas: Reading<readonly ResourceQuota[]>;
  /** Configuration and workloads, by kind, where the restore writes objects of that kind. */
  readonly others: ReadonlyMap<string, Reading<readonly KubernetesObject[]>>;
};

/** The target as the rules look at it: every look-up is quick. */
export type Target = Pick<
  TargetFacts,
  'site' | 'clusterUid' | 'drivers' | 'nodes' | 'quotas' | 'storageClasses' | 'unservedKinds'
> & {
  volume(name: string): PersistentVolume | undefined;
  /** PVs of an identity, as `volumeIdentityKey` writes it. */
  volumesOf(identity: string): readonly PersistentVolume[];
  /** PVs that are bound to or reserved for a claim of this name. */
  volumesReservedFor(claim: ClaimKey): readonly PersistentVolume[];
  claim(key: ClaimKey): PersistentVolumeClaim | undefined;
  /** Anything else that a restore writes. Unknown where its kind could not be read. */
  object(name: ObjectName): Reading<KubernetesObject | undefined>;
};

const claimKeyOf = (volume: PersistentVolume): string => {
  const key = claimRefKey(volume);
  return key === undefined ? '' : claimKeyText(key);
};

const byName = (objects: readonly KubernetesObject[]): ReadonlyMap<string, KubernetesObject> =>
  new Map(objects.map((object) => [nameKey(nameOf(object)), object]));

const readingsByKind = (facts: TargetFacts): ReadonlyMap<string, Reading<readonly KubernetesObject[]>> =>
  new Map([
    ...facts.others,
    ['Namespace', facts.namespaces],
    ['StorageClass', facts.storageClasses],
    ['VolumeReplicationClass', facts.replicationClasses],
    ['VolumeGroupReplicationClass', facts.groupReplicationClasses],
  ]);

/** Makes what was read of a target quick to look at. */
export const viewTarget = (facts: TargetFacts): Target => {
  const { site, clusterUid, drivers, nodes, quotas, storageClasses, unservedKinds, volumes, claims } = facts;
  const volumesByName = new Map(volumes.map((volume) => [volume.metadata.name ?? '', volume]));
  const volumesByIdentity = Map.groupBy(
    volumes.flatMap((volume) => identityKeysOf(volume).map((key) => ({ key, volume }))),
    ({ key }) => key,
  );
  const volumesByClaim = Map.groupBy(volumes, claimKeyOf);
  const claimsByKey = new Map(claims.map((claim) => [claimKeyText(keyOfClaim(claim)), claim]));
  const others = new Map(
    [...readingsByKind(facts)].map(([kind, reading]) => [
      kind,
      reading.known ? known(byName(reading.value)) : reading,
    ]),
  );
  return {
    site,
    clusterUid,
    drivers,
    nodes,
    quotas,
    storageClasses,
    unservedKinds,
    volume: (name) => volumesByName.get(name),
    volumesOf: (identity) => (volumesByIdentity.get(identity) ?? []).map(({ volume }) => volume),
    volumesReservedFor: (key) => volumesByClaim.get(claimKeyText(key)) ?? [],
    claim: (key) => claimsByKey.get(claimKeyText(key)),
    object: (name) => {
      const reading = others.get(name.kind);
      if (reading === undefined) return known(undefined);
      return reading.known ? known(reading.value.get(nameKey(name))) : reading;
    },
  };
};
