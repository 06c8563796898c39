import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import type { Pod } from '../../core/model/pod.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { StorageClass } from '../../core/model/storage-class.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { type Informer, type InformerLog, type InformerOptions, startInformer } from '../../kube/informer.ts';
import type { ObjectCache } from '../../kube/object-cache.ts';
import type { CacheHealth } from '../../kube/unreadable-cache.ts';
import { cacheIndexes } from './cache-indexes.ts';
import {
  slimAttachment,
  slimClaim,
  slimClass,
  slimGroup,
  slimNamespace,
  slimPod,
  slimReplication,
  slimStorageClass,
  slimVolume,
} from './slim-objects.ts';

/** Objects of one kind, and whether they can be believed; a plain object cache always can. */
export type FactCache<T extends KubernetesObject> = Pick<ObjectCache<T>, 'get' | 'by'> & CacheHealth;

/** Everything that is known of the cluster without asking it. The indexes are those of `cacheIndexes`. */
export type WebhookCaches = {
  readonly replications: FactCache<VolumeReplication>;
  readonly replicationClasses: FactCache<VolumeReplicationClass>;
  readonly groups: FactCache<VolumeGroupReplication>;
  readonly groupClasses: FactCache<VolumeReplicationClass>;
  readonly volumes: FactCache<PersistentVolume>;
  readonly claims: FactCache<PersistentVolumeClaim>;
  readonly storageClasses: FactCache<StorageClass>;
  readonly namespaces: FactCache<KubernetesObject>;
  readonly pods: FactCache<Pod>;
  readonly attachments: FactCache<VolumeAttachment>;
};

/** Caches that follow a cluster. */
export type FollowedCaches = WebhookCaches & {
  /** Settles once all that can be listed is; groups are not waited for where their CRDs are missing. */
  readonly synced: Promise<unknown>;
};

type Followed<T extends KubernetesObject> = Pick<InformerOptions<T>, 'transform' | 'indexes' | 'onFailure'>;

/** Starts the informers behind all facts. They go on until the signal aborts. */
export const startCaches = (options: {
  cluster: Cluster;
  signal: AbortSignal;
  now: () => number;
  random: () => number;
  log: InformerLog;
}): FollowedCaches => {
  const follow = <T extends KubernetesObject>(resource: Resource, followed: Followed<T>): Informer<T> =>
    startInformer<T>({ ...options, ...followed, resource });
  const groupsFailed = Promise.withResolvers<unknown>();

  const replications: Informer<VolumeReplication> = follow(resources.volumeReplications, {
    transform: slimReplication,
    indexes: cacheIndexes.replications,
  });
  const groups: Informer<VolumeGroupReplication> = follow(resources.volumeGroupReplications, {
    transform: slimGroup,
    indexes: cacheIndexes.groups,
    onFailure: groupsFailed.resolve,
  });
  const groupClasses = follow<VolumeReplicationClass>(resources.volumeGroupReplicationClasses, {
    transform: slimClass,
    indexes: cacheIndexes.classes,
  });
  const required = {
    replications,
    replicationClasses: follow<VolumeReplicationClass>(resources.volumeReplicationClasses, {
      transform: slimClass,
      indexes: cacheIndexes.classes,
    }),
    volumes: follow<PersistentVolume>(resources.persistentVolumes, {
      transform: slimVolume,
      indexes: cacheIndexes.volumes,
    }),
    claims: follow<PersistentVolumeClaim>(resources.persistentVolumeClaims, {
      transform: slimClaim,
      indexes: cacheIndexes.claims,
    }),
    storageClasses: follow<StorageClass>(resources.storageClasses, { transform: slimStorageClass }),
    namespaces: follow<KubernetesObject>(resources.namespaces, { transform: slimNamespace }),
    pods: follow<Pod>(resources.pods, { transform: slimPod, indexes: cacheIndexes.pods }),
    attachments: follow<VolumeAttachment>(resources.volumeAttachments, {
      transform: slimAttachment,
      indexes: cacheIndexes.attachments,
    }),
  };
  const synced = Promise.all([
    ...Object.values(required).map((informer) => informer.synced),
    Promise.race([groups.synced, groupsFailed.promise]),
  ]);
  return { ...required, groups, groupClasses, synced };
};
