import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  type VolumeIdentity,
  volumeIdentityOf,
} from '../model/persistent-volume.ts';
import { cannotRead, readingOf } from '../model/reading-of.ts';
import type { Replication } from '../status/replication.ts';
import { protectedVolumesOf } from '../status/site-volumes.ts';
import type { SiteObjects } from '../status/snapshot.ts';
import type { MissingObject } from './backup-index.ts';

/** Which claims a backup was asked for. */
export type WantedClaims = {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly claims: readonly string[];
  /** Names of VolumeReplications or groups. */
  readonly replications: readonly string[];
  /** Claims that carry the labels asked for, as `namespace/name`; undefined where no labels were. */
  readonly labelled: ReadonlySet<string> | undefined;
};

/** A claim that can be backed up, with all that its volume is made of. */
export type ChosenVolume = {
  readonly claim: PersistentVolumeClaim;
  readonly volume: PersistentVolume;
  readonly identity: VolumeIdentity;
  /** Undefined where nothing protects it. */
  readonly replication: Replication | undefined;
};

/** What can be backed up of what was asked for, and what cannot. */
export type SelectedVolumes = {
  readonly volumes: readonly ChosenVolume[];
  readonly missing: readonly MissingObject[];
};

type ClaimName = { readonly namespace: string; readonly name: string };

type Found = {
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  readonly volumes: ReadonlyMap<string, PersistentVolume>;
  readonly replications: ReadonlyMap<string, Replication | undefined>;
};

const keyOf = ({ namespace, name }: ClaimName): string => `${namespace}/${name}`;

const findIn = (objects: SiteObjects): Found => ({
  claims: new Map(
    (objects.claims.known ? objects.claims.value : []).map((claim) => [
      keyOf({ namespace: claim.metadata.namespace ?? '', name: claim.metadata.name ?? '' }),
      claim,
    ]),
  ),
  volumes: new Map(
    (objects.volumes.known ? objects.volumes.value : []).map((volume) => [
      volume.metadata.name ?? '',
      volume,
    ]),
  ),
  replications: new Map(
    protectedVolumesOf(objects).map(({ namespace, claimName, replication }) => [
      keyOf({ namespace, name: claimName }),
      replication,
    ]),
  ),
});

const nameOf = (key: string): ClaimName => {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name };
};

const replicatedBy = (name: string, { replications }: Found): ClaimName[] =>
  [...replications].filter(([, replication]) => replication?.name === name).map(([key]) => nameOf(key));

/** Without names and labels: all that something protects. */
const wantedNames = (
  found: Found,
  { namespace, claims, replications, labelled }: WantedClaims,
): ClaimName[] => {
  if (labelled !== undefined) return [...labelled].map(nameOf);
  if (claims.length + replications.length === 0) return [...found.replications.keys()].map(nameOf);
  const named = claims.map((name) => ({ namespace: namespace ?? '', name }));
  return [...named, ...replications.flatMap((name) => replicatedBy(name, found))];
};

const choose = (name: ClaimName, found: Found): ChosenVolume => {
  const claim = found.claims.get(keyOf(name)) ?? cannotRead('it does not exist');
  const { spec, status } = claim;
  if (status?.phase !== 'Bound' || !spec?.volumeName)
    return cannotRead(`it is not bound to a volume: its phase is ${status?.phase || 'unknown'}`);
  const volume =
    found.volumes.get(spec.volumeName) ??
    cannotRead(`its persistent volume ${spec.volumeName} does not exist`);
  const identity =
    volumeIdentityOf(volume) ?? cannotRead(`its persistent volume ${spec.volumeName} has no CSI source`);
  return { claim, volume, identity, replication: found.replications.get(keyOf(name)) };
};

const absentReplications = (found: Found, { namespace, replications }: WantedClaims): MissingObject[] =>
  replications
    .filter((name) => replicatedBy(name, found).length === 0)
    .map((name) => ({
      kind: 'VolumeReplication',
      namespace: namespace ?? null,
      name,
      why: 'it does not exist, or replicates no claim',
    }));

/**
 * The volumes that a backup is to hold, by namespace and name, and every claim and replication asked for that cannot be in it. Claims
 * and volumes of `objects` have to be known.
 */
export const selectVolumes = (objects: SiteObjects, wanted: WantedClaims): SelectedVolumes => {
  const found = findIn(objects);
  const keys = [...new Set(wantedNames(found, wanted).map(keyOf))].sort();
  const volumes: ChosenVolume[] = [];
  const missing = absentReplications(found, wanted);
  for (const name of keys.map(nameOf)) {
    const chosen = readingOf(() => choose(name, found));
    if (chosen.known) volumes.push(chosen.value);
    else missing.push({ kind: 'PersistentVolumeClaim', ...name, why: chosen.why });
  }
  return { volumes, missing };
};
