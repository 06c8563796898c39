import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { claimKeyText, keyOfClaim } from '../protection/claims-of-volume.ts';
import { sourceKeyOf } from '../protection/protectors.ts';
import type { SortedObjects } from './sort-objects.ts';
import { settingsOf, storageClassOf } from './storage-class-of.ts';
import { usesClaim } from './uses-claim.ts';

/** What chosen claims need beside their PVs. */
export type ClaimNeeds = {
  readonly namespaces: ReadonlySet<string>;
  readonly storageClasses: ReadonlySet<string>;
  readonly replicationClasses: ReadonlySet<string>;
  /** `namespace/name` of secrets that those classes name. */
  readonly secrets: ReadonlySet<string>;
  readonly claimsByNamespace: ReadonlyMap<string, ReadonlySet<string>>;
};

const nameEnding = /-secret-name$/;

const secretsNamedBy = (object: KubernetesObject): string[] => {
  const { parameters } = settingsOf(object);
  return Object.entries(parameters)
    .filter(([key]) => nameEnding.test(key))
    .map(([key, name]) => `${parameters[key.replace(nameEnding, '-secret-namespace')]}/${name}`);
};

const replicationClassesOf = (
  { replications, groups }: SortedObjects,
  claims: ReadonlySet<string>,
  namespaces: ReadonlySet<string>,
): string[] => [
  ...replications
    .filter((replication) => claims.has(sourceKeyOf(replication) ?? ''))
    .map(({ spec }) => spec.volumeReplicationClass),
  ...groups
    .filter(({ metadata }) => namespaces.has(metadata.namespace ?? ''))
    .flatMap(({ spec }) =>
      [spec.volumeGroupReplicationClassName, spec.volumeReplicationClassName ?? []].flat(),
    ),
];

/** What the objects of a source say that some of its claims need. */
export const needsOf = (sorted: SortedObjects, chosen: readonly PersistentVolumeClaim[]): ClaimNeeds => {
  const keys = chosen.map(keyOfClaim);
  const namespaces = new Set(keys.map(({ namespace }) => namespace));
  const storageClasses = new Set(chosen.map(storageClassOf));
  const replicationClasses = new Set(
    replicationClassesOf(sorted, new Set(keys.map(claimKeyText)), namespaces),
  );
  const classes = sorted.others.filter(({ kind, metadata }) => {
    const names = kind === 'StorageClass' ? storageClasses : replicationClasses;
    return /Class$/.test(kind ?? '') && names.has(metadata.name ?? '');
  });
  return {
    namespaces,
    storageClasses,
    replicationClasses,
    secrets: new Set(classes.flatMap(secretsNamedBy)),
    claimsByNamespace: new Map(
      [...Map.groupBy(keys, ({ namespace }) => namespace)].map(([namespace, members]) => [
        namespace,
        new Set(members.map(({ name }) => name)),
      ]),
    ),
  };
};

/** Whether an object that is neither claim nor PV is among what is needed. */
export const isNeeded = (object: KubernetesObject, needs: ClaimNeeds): boolean => {
  const { namespace = '', name = '' } = object.metadata;
  switch (object.kind) {
    case 'Namespace':
      return needs.namespaces.has(name);
    case 'StorageClass':
      return needs.storageClasses.has(name);
    case 'VolumeReplicationClass':
    case 'VolumeGroupReplicationClass':
      return needs.replicationClasses.has(name);
    case 'Secret':
      return needs.namespaces.has(namespace) || needs.secrets.has(`${namespace}/${name}`);
    case 'ServiceAccount':
    case 'ConfigMap':
    case 'Service':
      return needs.namespaces.has(namespace);
    default:
      return usesClaim(object, needs.claimsByNamespace.get(namespace) ?? new Set());
  }
};
