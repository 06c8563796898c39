import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Reading } from '../model/reading.ts';
import { type Resource, resources } from '../model/resource.ts';
import type { VolumeGroupReplication } from '../model/volume-group-replication.ts';
import type { SiteObjects } from '../status/snapshot.ts';
import type { BackedUpVolume, MissingObject } from './backup-index.ts';
import type { ChosenVolume } from './select-volumes.ts';

/** One object of a backup, as the API answered it, with the kind that lists leave out. */
export type RawObject = { readonly resource: Resource; readonly object: KubernetesObject };

/** What volumes refer to, beside what status reads of a site. */
export type VolumeContext = {
  readonly replications: SiteObjects['replications'];
  readonly groups: SiteObjects['groups'];
  readonly replicationClasses: Reading<readonly KubernetesObject[]>;
  readonly groupClasses: Reading<readonly KubernetesObject[]>;
  readonly storageClasses: Reading<readonly KubernetesObject[]>;
  readonly namespaces: Reading<readonly KubernetesObject[]>;
};

/** What a backup takes along, and what it should have. */
export type ChosenObjects = {
  readonly objects: readonly RawObject[];
  readonly missing: readonly MissingObject[];
  /** What a person should know beside, one line each. */
  readonly warnings: readonly string[];
};

/** Before `storageClassName` there was an annotation. */
const classOf = ({ claim, volume }: ChosenVolume): string | undefined =>
  claim.spec?.storageClassName ||
  claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ||
  volume.spec?.storageClassName ||
  undefined;

const named = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names.filter((name): name is string => Boolean(name)))].sort();

/** Objects of one kind without a namespace, by their names. */
const pick = (
  resource: Resource,
  reading: Reading<readonly KubernetesObject[]>,
  names: readonly string[],
): ChosenObjects => {
  const absent = (name: string, why: string): MissingObject => ({
    kind: resource.kind,
    namespace: null,
    name,
    why,
  });
  if (!reading.known)
    return { objects: [], missing: names.map((name) => absent(name, reading.why)), warnings: [] };
  const byName = new Map(reading.value.map((object) => [object.metadata.name, object]));
  const found = names.map((name) => ({ name, object: byName.get(name) }));
  return {
    objects: found.flatMap(({ object }) => (object === undefined ? [] : { resource, object })),
    missing: found
      .filter(({ object }) => object === undefined)
      .map(({ name }) => absent(name, 'it does not exist')),
    warnings: [],
  };
};

/** A class that is not there is needed by nobody: volumes bind by its name alone, and cannot be made with it. */
const pickStorageClasses = (
  reading: VolumeContext['storageClasses'],
  names: readonly string[],
): ChosenObjects => {
  const picked = pick(resources.storageClasses, reading, names);
  if (!reading.known) return picked;
  return {
    objects: picked.objects,
    missing: [],
    warnings: picked.missing.map(
      ({ name }) => `StorageClass ${name}, which claims name, does not exist and is not in the backup`,
    ),
  };
};

type Protecting = Pick<SiteObjects, 'replications' | 'groups'>;

/** The replications that own the chosen volumes. The VolumeReplications of a group are made by the group's controller. */
const protectingObjects = (volumes: readonly ChosenVolume[], context: Protecting): Protecting => {
  const owners = new Set(
    volumes.flatMap(({ replication }) =>
      replication === undefined ? [] : `${replication.kind}/${replication.namespace}/${replication.name}`,
    ),
  );
  const owns =
    (kind: string) =>
    ({ metadata }: KubernetesObject): boolean =>
      owners.has(`${kind}/${metadata.namespace}/${metadata.name}`);
  return {
    replications: context.replications.filter(owns('VolumeReplication')),
    groups: context.groups.filter(owns('VolumeGroupReplication')),
  };
};

const groupClassOf = ({ spec }: VolumeGroupReplication): string => spec.volumeGroupReplicationClassName;

const every = (resource: Resource, objects: readonly KubernetesObject[]): ChosenObjects => ({
  objects: objects.map((object) => ({ resource, object })),
  missing: [],
  warnings: [],
});

/** Several choices as one, in their order. */
export const allOf = (choices: readonly ChosenObjects[]): ChosenObjects => ({
  objects: choices.flatMap(({ objects }) => objects),
  missing: choices.flatMap(({ missing }) => missing),
  warnings: choices.flatMap(({ warnings }) => warnings),
});

/** Everything that the volumes themselves need on another cluster. */
export const chooseObjects = (volumes: readonly ChosenVolume[], context: VolumeContext): ChosenObjects => {
  const { replications, groups } = protectingObjects(volumes, context);
  const replicationClasses = volumes.map(({ replication }) => replication?.className);
  const { namespaces, storageClasses, groupClasses } = context;
  return allOf([
    pick(resources.namespaces, namespaces, named(volumes.map(({ claim }) => claim.metadata.namespace))),
    pickStorageClasses(storageClasses, named(volumes.map(classOf))),
    pick(resources.volumeReplicationClasses, context.replicationClasses, named(replicationClasses)),
    pick(resources.volumeGroupReplicationClasses, groupClasses, named(groups.map(groupClassOf))),
    every(
      resources.persistentVolumes,
      volumes.map(({ volume }) => volume),
    ),
    every(
      resources.persistentVolumeClaims,
      volumes.map(({ claim }) => claim),
    ),
    every(resources.volumeReplications, replications),
    every(resources.volumeGroupReplications, groups),
  ]);
};

/** What the index says of one volume. */
export const describeVolume = (chosen: ChosenVolume): BackedUpVolume => {
  const { claim, volume, identity, replication } = chosen;
  return {
    namespace: claim.metadata.namespace ?? '',
    persistentVolumeClaim: claim.metadata.name ?? '',
    claimUid: claim.metadata.uid ?? null,
    persistentVolume: volume.metadata.name ?? '',
    driver: identity.driver,
    volumeHandle: identity.volumeHandle,
    destinationVolumeHandle: replication?.status?.destinationVolumeID || null,
    storageClass: classOf(chosen) ?? null,
    replication:
      replication === undefined
        ? null
        : {
            kind: replication.kind,
            name: replication.name,
            class: replication.className ?? null,
            state: replication.status?.state ?? '',
          },
    lastSyncTime: replication?.status?.lastSyncTime ?? null,
  };
};
