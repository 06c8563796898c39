import { handleThere } from '../model/handle-there.ts';
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  type VolumeIdentity,
  volumeIdentityOf,
} from '../model/persistent-volume.ts';
import { known, type Reading, unknown } from '../model/reading.ts';
import type { VolumeGroupReplication } from '../model/volume-group-replication.ts';
import { replicationNames, type VolumeReplication } from '../model/volume-replication.ts';
import { takesIn } from '../protection/group-members.ts';
import { type Replication, replicationOfGroup, replicationOfVolume } from './replication.ts';
import type { SiteObjects } from './snapshot.ts';

/** One claim on one site and what protects it there. */
export type SiteVolume = {
  readonly namespace: string;
  readonly claimName: string;
  readonly volumeName: string | undefined;
  readonly storageClassName: string | undefined;
  readonly identity: Reading<VolumeIdentity>;
  /** The handle that it has on the other site, where something tells that it is another one. */
  readonly handleThere: string | undefined;
  /** Undefined for a claim that nothing protects. */
  readonly replication: Replication | undefined;
  /** Names of further VolumeReplications for the same volume on this site; only one can own it. */
  readonly rivals: readonly string[];
};

/** Looks claims and volumes up by name. */
type Lookup = {
  claim: (namespace: string, name: string) => Reading<PersistentVolumeClaim>;
  volume: (name: string) => Reading<PersistentVolume>;
};

const lookupIn = ({ claims, volumes }: SiteObjects): Lookup => {
  const claimsByName = new Map(
    claims.known
      ? claims.value.map((claim) => [`${claim.metadata.namespace}/${claim.metadata.name}`, claim])
      : [],
  );
  const volumesByName = new Map(volumes.known ? volumes.value.map((pv) => [pv.metadata.name, pv]) : []);
  return {
    claim: (namespace, name) => {
      const found = claimsByName.get(`${namespace}/${name}`);
      if (found !== undefined) return known(found);
      return claims.known ? unknown(`claim ${namespace}/${name} does not exist`) : claims;
    },
    volume: (name) => {
      const found = volumesByName.get(name);
      if (found !== undefined) return known(found);
      return volumes.known ? unknown(`persistent volume ${name} does not exist`) : volumes;
    },
  };
};

const volumeOf = (claim: Reading<PersistentVolumeClaim>, lookup: Lookup): PersistentVolume | undefined => {
  const name = claim.known ? claim.value.spec?.volumeName : undefined;
  const volume = name ? lookup.volume(name) : undefined;
  return volume?.known ? volume.value : undefined;
};

const identityOf = (claim: Reading<PersistentVolumeClaim>, lookup: Lookup): Reading<VolumeIdentity> => {
  if (!claim.known) return claim;
  const { volumeName } = claim.value.spec ?? {};
  const name = `${claim.value.metadata.namespace}/${claim.value.metadata.name}`;
  if (!volumeName) return unknown(`claim ${name} is not bound to a volume`);
  const volume = lookup.volume(volumeName);
  if (!volume.known) return volume;
  const identity = volumeIdentityOf(volume.value);
  return identity === undefined
    ? unknown(`persistent volume ${volumeName} has no CSI source`)
    : known(identity);
};

/** Names of the claims in a group: those its status lists, those that carry its mark, and those that its selector finds, on which nobody has acted yet. */
const claimNamesOf = (group: VolumeGroupReplication, objects: SiteObjects): string[] => {
  const listed = (group.status?.persistentVolumeClaimsRefList ?? []).map(({ name }) => name);
  const taken = (objects.claims.known ? objects.claims.value : [])
    .filter((claim) => takesIn(group, claim) === true)
    .map(({ metadata }) => metadata.name ?? '');
  return [...new Set([...listed, ...taken])];
};

type Protection = { namespace: string; claimName: string; replication: Replication };

/** A VR of a group stands for the group itself, which is read instead. */
const protectionsIn = (objects: SiteObjects): Protection[] => [
  ...objects.replications
    .filter((vr: VolumeReplication) => vr.spec.dataSource.kind === 'PersistentVolumeClaim')
    .map((vr) => ({
      namespace: vr.metadata.namespace ?? '',
      claimName: vr.spec.dataSource.name,
      replication: replicationOfVolume(vr),
    })),
  ...objects.groups.flatMap((group) => {
    const replication = replicationOfGroup(group);
    const { namespace } = replication;
    return claimNamesOf(group, objects).map((claimName) => ({ namespace, claimName, replication }));
  }),
];

/** Of several replications for one claim, the one that the claim's own mark names owns it; without a mark, the oldest. */
const owningProtection = (
  rivals: readonly Protection[],
  claim: Reading<PersistentVolumeClaim>,
): Protection | undefined => {
  const annotations = claim.known ? claim.value.metadata.annotations : undefined;
  const owner =
    annotations?.[replicationNames.pvcOwnerAnnotation] ??
    annotations?.[replicationNames.pvcGroupOwnerAnnotation];
  const oldestFirst = rivals.toSorted(
    (a, b) => (a.replication.createdAt ?? 0) - (b.replication.createdAt ?? 0),
  );
  return oldestFirst.find(({ replication }) => replication.name === owner) ?? oldestFirst[0];
};

/** All claims of a site that something protects, one entry per claim. */
export const protectedVolumesOf = (objects: SiteObjects): SiteVolume[] => {
  const lookup = lookupIn(objects);
  const byClaim = Map.groupBy(
    protectionsIn(objects),
    ({ namespace, claimName }) => `${namespace}/${claimName}`,
  );
  return [...byClaim.values()].flatMap((rivals) => {
    const [{ namespace, claimName }] = rivals as [Protection];
    const claim = lookup.claim(namespace, claimName);
    const owner = owningProtection(rivals, claim);
    const spec = claim.known ? claim.value.spec : undefined;
    return {
      namespace,
      claimName,
      volumeName: spec?.volumeName,
      storageClassName: spec?.storageClassName,
      identity: identityOf(claim, lookup),
      handleThere: handleThere(volumeOf(claim, lookup), owner?.replication),
      replication: owner?.replication,
      rivals: rivals.filter((rival) => rival !== owner).map(({ replication }) => replication.name),
    };
  });
};

/** Finds a claim of a site, whether it is protected or not; undefined where there is none, or nobody could read of it. */
export const findClaims = (
  objects: SiteObjects,
): ((namespace: string, claimName: string) => SiteVolume | undefined) => {
  let lookup: Lookup | undefined;
  return (namespace, claimName) => {
    lookup ??= lookupIn(objects);
    const claim = lookup.claim(namespace, claimName);
    if (!claim.known) return undefined;
    return {
      namespace,
      claimName,
      volumeName: claim.value.spec?.volumeName,
      storageClassName: claim.value.spec?.storageClassName,
      identity: identityOf(claim, lookup),
      handleThere: handleThere(volumeOf(claim, lookup), undefined),
      replication: undefined,
      rivals: [],
    };
  };
};
