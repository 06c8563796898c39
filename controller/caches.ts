import { messageOf } from '../core/model/error.ts';
import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../core/model/persistent-volume.ts';
import { type Resource, resources } from '../core/model/resource.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../core/model/volume-replication.ts';
import { identityKeysOf } from '../core/protection/keys-of-volume.ts';
import type { Cluster } from '../kube/cluster.ts';
import { type Informer, type InformerOptions, startInformer } from '../kube/informer.ts';
import { replicationsOfClaim, sourceIndex, volumeIndex, waitingForVolumeOf } from './find-replications.ts';
import { explainLastingFailure, tellLastingFailures } from './lasting-failure.ts';
import type { ControllerLog } from './log.ts';
import { createConditionSharing } from './share-conditions.ts';
import { slimClaim, slimReplication, slimVolume } from './slim-objects.ts';
import {
  concernsClaim,
  concernsClass,
  concernsReplication,
  concernsVolume,
  freesVolume,
} from './worth-a-look.ts';

/** What the controller knows of the cluster, and who is to be looked at when it changes. */
export type Caches = {
  replications: Informer<VolumeReplication>;
  classes: Informer<VolumeReplicationClass>;
  claims: Informer<PersistentVolumeClaim>;
  volumes: Informer<PersistentVolume>;
  synced: Promise<void>;
  /** Why nothing can be done now, one line per kind; empty when all is well. What may pass by itself counts until the first list. */
  troubles(): string[];
};

/** `namespace/name`: one VolumeReplication in the work queue. */
export const keyOf = ({ metadata }: KubernetesObject): string =>
  `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

type AnyInformer = Pick<Informer<KubernetesObject>, 'hasSynced' | 'lastContact' | 'failure'>;

const troubleOf = (resource: Resource, informer: AnyInformer): string | undefined => {
  const failure = informer.failure();
  const lasting = failure === undefined ? undefined : explainLastingFailure(resource, failure);
  if (lasting !== undefined) return lasting;
  if (informer.hasSynced()) return undefined;
  return `${resource.plural} not listed yet${failure === undefined ? '' : `: ${messageOf(failure)}`}`;
};

/** Starts informers that tell of lasting failures, and answers what is wrong with any of them. */
const createFollower = (
  common: Pick<InformerOptions<KubernetesObject>, SharedOption> & { log: ControllerLog },
) => {
  const tell = tellLastingFailures(common.log);
  const started: { resource: Resource; informer: AnyInformer }[] = [];
  return {
    follow: <T extends KubernetesObject>(options: Omit<InformerOptions<T>, SharedOption>): Informer<T> => {
      const informer = startInformer<T>({
        ...common,
        ...options,
        onFailure: (error) => tell(options.resource, error, informer.lastContact()),
      });
      started.push({ resource: options.resource, informer });
      return informer;
    },
    troubles: (): string[] =>
      started
        .map(({ resource, informer }) => troubleOf(resource, informer))
        .filter((trouble) => trouble !== undefined),
  };
};

type SharedOption = 'cluster' | 'signal' | 'random' | 'now' | 'log';

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
  const { follow, troubles } = createFollower(common);
  const share = createConditionSharing();
  let isSynced = false;
  const touch = (replications: readonly KubernetesObject[]): void => {
    if (isSynced) for (const replication of replications) onChange(keyOf(replication));
  };
  const touchClaim = (claim: PersistentVolumeClaim): void => {
    const { namespace: ns = '', name = '' } = claim.metadata;
    touch(replicationsOfClaim(lookup(), { namespace: ns, name }));
  };
  const lookup = () => ({ replications: replicationCache, claims, volumes });
  const replicationCache = follow<VolumeReplication>({
    namespace,
    resource: resources.volumeReplications,
    transform: (replication) => slimReplication(replication, share),
    indexes: { source: sourceIndex, class: ({ spec }) => [spec.volumeReplicationClass] },
    onChange: (change) => {
      if (freesVolume(change)) touch(waitingForVolumeOf(lookup(), change.object));
      if (!concernsReplication(change)) return;
      touch([change.object]);
      // One that goes may free the claim for another.
      if (change.type !== 'deleted') return;
      for (const source of sourceIndex(change.object)) touch(replicationCache.by('source', source));
    },
  });
  const classes = follow<VolumeReplicationClass>({
    resource: resources.volumeReplicationClasses,
    onChange: (change) => {
      if (concernsClass(change)) touch(replicationCache.by('class', change.object.metadata.name ?? ''));
    },
  });
  const claims = follow<PersistentVolumeClaim>({
    namespace,
    resource: resources.persistentVolumeClaims,
    transform: slimClaim,
    indexes: { volume: volumeIndex },
    onChange: (change) => {
      if (concernsClaim(change)) touchClaim(change.object);
    },
  });
  const volumes = follow<PersistentVolume>({
    resource: resources.persistentVolumes,
    transform: slimVolume,
    indexes: { identity: identityKeysOf },
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
  return { replications: replicationCache, classes, claims, volumes, synced, troubles };
};
