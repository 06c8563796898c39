import { consentAnnotation } from '../core/consent.ts';
import type { Condition, KubernetesObject } from '../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../core/model/persistent-volume.ts';
import { resources } from '../core/model/resource.ts';
import {
  replicationNames,
  type VolumeReplication,
  type VolumeReplicationClass,
} from '../core/model/volume-replication.ts';
import type { Cluster } from '../kube/cluster.ts';
import { type Informer, startInformer } from '../kube/informer.ts';
import type { Change } from '../kube/object-cache.ts';
import type { ControllerLog } from './log.ts';
import { createConditionSharing } from './share-conditions.ts';

/** What the controller knows of the cluster, and who is to be looked at when it changes. */
export type Caches = {
  replications: Informer<VolumeReplication>;
  classes: Informer<VolumeReplicationClass>;
  claims: Informer<PersistentVolumeClaim>;
  volumes: Informer<PersistentVolume>;
  synced: Promise<void>;
};

/** `namespace/name`: one VolumeReplication in the work queue. */
export const keyOf = ({ metadata }: KubernetesObject): string =>
  `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

const own = Object.values(replicationNames) as readonly string[];

const ownEntries = (entries: Record<string, string> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(entries ?? {}).filter(([key]) => own.includes(key)));

/** A claim, as far as decisions look at it: there may be ten thousand, most of no interest here. */
const slimClaim = ({
  apiVersion,
  kind,
  metadata,
  spec,
  status,
}: PersistentVolumeClaim): PersistentVolumeClaim => ({
  ...(apiVersion === undefined ? {} : { apiVersion }),
  ...(kind === undefined ? {} : { kind }),
  metadata: {
    ...slimMetadata(metadata),
    annotations: ownEntries(metadata.annotations),
    ...(metadata.finalizers === undefined ? {} : { finalizers: metadata.finalizers }),
  },
  ...(spec?.volumeName === undefined ? {} : { spec: { volumeName: spec.volumeName } }),
  ...(status?.phase === undefined ? {} : { status: { phase: status.phase } }),
});

const slimMetadata = ({
  name,
  namespace,
  uid,
  resourceVersion,
  deletionTimestamp,
}: KubernetesObject['metadata']): KubernetesObject['metadata'] => ({
  ...(name === undefined ? {} : { name }),
  ...(namespace === undefined ? {} : { namespace }),
  ...(uid === undefined ? {} : { uid }),
  ...(resourceVersion === undefined ? {} : { resourceVersion }),
  ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
});

const slimVolume = ({ metadata, spec }: PersistentVolume): PersistentVolume => ({
  metadata: slimMetadata(metadata),
  ...(spec?.csi === undefined
    ? {}
    : { spec: { csi: { driver: spec.csi.driver, volumeHandle: spec.csi.volumeHandle } } }),
});

/** Managed fields and the last applied text are most of a VolumeReplication, and nothing here reads them. */
const slimReplication = (
  replication: VolumeReplication,
  share: (conditions: readonly Condition[]) => Condition[],
): VolumeReplication => {
  const { managedFields: _, annotations, labels: __, ...metadata } = replication.metadata;
  const { spec, status, ...rest } = replication;
  const consent = annotations?.[consentAnnotation];
  return {
    ...rest,
    spec,
    ...(status === undefined
      ? {}
      : {
          status: {
            ...status,
            ...(status.conditions === undefined ? {} : { conditions: share(status.conditions) }),
          },
        }),
    metadata: {
      ...metadata,
      ...(consent === undefined ? {} : { annotations: { [consentAnnotation]: consent } }),
    },
  };
};

/** Changes that ask for a look. Our own status writes are none: they leave generation and annotations alone. */
const concernsReplication = (change: Change<VolumeReplication>): boolean => {
  if (change.type !== 'updated') return true;
  const { object, before } = change;
  return (
    object.metadata.uid !== before.metadata.uid ||
    object.metadata.generation !== before.metadata.generation ||
    object.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    object.metadata.annotations?.[consentAnnotation] !== before.metadata.annotations?.[consentAnnotation]
  );
};

const ownerOf = ({ metadata }: PersistentVolumeClaim): string | undefined =>
  metadata.annotations?.[replicationNames.pvcOwnerAnnotation];

/** A claim's owner appearing is our own doing; its going is not. */
const concernsClaim = (change: Change<PersistentVolumeClaim>): boolean => {
  if (change.type !== 'updated') return true;
  const { object, before } = change;
  const ownerLeft = ownerOf(before) !== undefined && ownerOf(before) !== ownerOf(object);
  return (
    ownerLeft ||
    object.metadata.uid !== before.metadata.uid ||
    object.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    object.status?.phase !== before.status?.phase ||
    object.spec?.volumeName !== before.spec?.volumeName ||
    object.metadata.annotations?.[replicationNames.pvcGroupOwnerAnnotation] !==
      before.metadata.annotations?.[replicationNames.pvcGroupOwnerAnnotation]
  );
};

const concernsVolume = (change: Change<PersistentVolume>): boolean =>
  change.type !== 'updated' ||
  change.object.metadata.uid !== change.before.metadata.uid ||
  JSON.stringify(change.object.spec) !== JSON.stringify(change.before.spec);

const concernsClass = (change: Change<VolumeReplicationClass>): boolean =>
  change.type !== 'updated' ||
  change.object.metadata.uid !== change.before.metadata.uid ||
  change.object.metadata.generation !== change.before.metadata.generation;

const sourceIndex = ({ metadata, spec }: VolumeReplication): string[] =>
  spec.dataSource.kind === 'PersistentVolumeClaim' ? [`${metadata.namespace}/${spec.dataSource.name}`] : [];

/** The VolumeReplications whose source is this claim. */
export const replicationsOfClaim = (
  replications: Informer<VolumeReplication>,
  { namespace, name }: { namespace: string; name: string },
): VolumeReplication[] => replications.by('source', `${namespace}/${name}`);

/**
 * Follows VolumeReplications, their classes, claims and volumes. A change of any of them leads to the VolumeReplications it
 * concerns at once; what comes with the first lists is left to `onFirst`, so that it can be spread over time.
 */
export const startCaches = (options: {
  cluster: Cluster;
  /** Empty: all. */
  namespace: string;
  signal: AbortSignal;
  random: () => number;
  now: () => number;
  log: ControllerLog;
  /** A VolumeReplication is to be looked at now. */
  onChange: (key: string) => void;
}): Caches => {
  const { onChange, namespace, ...common } = options;
  const share = createConditionSharing();
  let isSynced = false;
  const touch = (replications: readonly KubernetesObject[]): void => {
    if (isSynced) for (const replication of replications) onChange(keyOf(replication));
  };
  const touchClaim = (claim: PersistentVolumeClaim): void => {
    const { namespace: ns = '', name = '' } = claim.metadata;
    touch(replicationsOfClaim(replicationCache, { namespace: ns, name }));
  };
  const replicationCache = startInformer<VolumeReplication>({
    ...common,
    namespace,
    resource: resources.volumeReplications,
    transform: (replication) => slimReplication(replication, share),
    indexes: { source: sourceIndex, class: ({ spec }) => [spec.volumeReplicationClass] },
    onChange: (change) => {
      if (!concernsReplication(change)) return;
      touch([change.object]);
      // One that goes may free the claim for another.
      if (change.type !== 'deleted') return;
      for (const source of sourceIndex(change.object)) touch(replicationCache.by('source', source));
    },
  });
  const classes = startInformer<VolumeReplicationClass>({
    ...common,
    resource: resources.volumeReplicationClasses,
    onChange: (change) => {
      if (concernsClass(change)) touch(replicationCache.by('class', change.object.metadata.name ?? ''));
    },
  });
  const claims = startInformer<PersistentVolumeClaim>({
    ...common,
    namespace,
    resource: resources.persistentVolumeClaims,
    transform: slimClaim,
    indexes: { volume: ({ spec }) => (spec?.volumeName ? [spec.volumeName] : []) },
    onChange: (change) => {
      if (concernsClaim(change)) touchClaim(change.object);
    },
  });
  const volumes = startInformer<PersistentVolume>({
    ...common,
    resource: resources.persistentVolumes,
    transform: slimVolume,
    onChange: (change) => {
      if (!concernsVolume(change)) return;
      for (const claim of claims.by('volume', change.object.metadata.name ?? '')) touchClaim(claim);
    },
  });
  const synced = Promise.all([replicationCache.synced, classes.synced, claims.synced, volumes.synced]).then(
    () => {
      isSynced = true;
    },
  );
  return { replications: replicationCache, classes, claims, volumes, synced };
};
