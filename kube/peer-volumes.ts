import { recordedHandle, sourceHandleAnnotation } from '../core/model/handle-there.ts';
import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../core/model/persistent-volume.ts';
import { type Resource, resources } from '../core/model/resource.ts';
import { replicationNames } from '../core/model/volume-replication.ts';
import type { VolumeLookup } from '../core/protection/claims-of-volume.ts';
import { identityKeysOf } from '../core/protection/keys-of-volume.ts';
import type { Cluster } from './cluster.ts';
import { type Informer, type InformerLog, startInformer } from './informer.ts';
import { createObjectCache, type Indexes, type ObjectCache } from './object-cache.ts';
import { whyUnreadable } from './unreadable-cache.ts';

/** How the other site is followed. */
export type FollowOptions = {
  peer: Cluster;
  /** Ends it. */
  signal: AbortSignal;
  now: () => number;
  random: () => number;
  log: InformerLog;
};

/** PVs and claims of the other site: which claims have a volume there, whatever its PV is called. */
export type PeerVolumes = {
  /** What is followed. */
  readonly lookup: VolumeLookup;
  /** Settles once both lists are there, or the first attempt at one failed: there is nothing to wait for then. */
  readonly begun: Promise<unknown>;
  /** Whether what is followed can be believed: it is not while a watch is broken, as nobody knows what it missed. */
  isCurrent(): boolean;
};

/** Without an event or a bookmark for so long, what is held counts as too old. */
const maxAgeMs = 3 * 60_000;

const slimMetadata = ({ name, namespace, uid, resourceVersion }: KubernetesObject['metadata']) => ({
  ...(name === undefined ? {} : { name }),
  ...(namespace === undefined ? {} : { namespace }),
  ...(uid === undefined ? {} : { uid }),
  ...(resourceVersion === undefined ? {} : { resourceVersion }),
});

const slimVolume = ({ metadata, spec }: PersistentVolume): PersistentVolume => {
  const { csi, claimRef } = spec ?? {};
  if (csi === undefined) return { metadata: slimMetadata(metadata) };
  const handle = recordedHandle({ metadata });
  return {
    metadata: {
      ...slimMetadata(metadata),
      ...(handle === undefined ? {} : { annotations: { [sourceHandleAnnotation]: handle } }),
    },
    spec: {
      csi: { driver: csi.driver, volumeHandle: csi.volumeHandle },
      ...(claimRef === undefined ? {} : { claimRef }),
    },
  };
};

const slimClaim = ({ metadata, spec }: PersistentVolumeClaim): PersistentVolumeClaim => {
  const group = metadata.annotations?.[replicationNames.pvcGroupOwnerAnnotation];
  return {
    metadata: {
      ...slimMetadata(metadata),
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      ...(group === undefined ? {} : { annotations: { [replicationNames.pvcGroupOwnerAnnotation]: group } }),
    },
    ...(spec?.volumeName === undefined ? {} : { spec: { volumeName: spec.volumeName } }),
  };
};

const byIdentity: Indexes<PersistentVolume> = { identity: identityKeysOf };

const byVolume: Indexes<PersistentVolumeClaim> = {
  volume: ({ spec }) => (spec?.volumeName ? [spec.volumeName] : []),
};

type Found<T extends KubernetesObject> = Pick<ObjectCache<T>, 'get' | 'by'>;

const lookupIn = (volumes: Found<PersistentVolume>, claims: Found<PersistentVolumeClaim>): VolumeLookup => ({
  claim: (key) => claims.get(key),
  volume: (name) => volumes.get({ name }),
  volumesOf: (identity) => volumes.by('identity', identity),
  claimsNaming: (volumeName) => claims.by('volume', volumeName),
});

/** The same from whole lists, for when nothing is followed. */
export const lookupInLists = (
  volumes: readonly PersistentVolume[],
  claims: readonly PersistentVolumeClaim[],
): VolumeLookup => {
  const [volumeCache, claimCache] = [createObjectCache(byIdentity), createObjectCache(byVolume)];
  volumeCache.replaceAll(volumes.map(slimVolume));
  claimCache.replaceAll(claims.map(slimClaim));
  return lookupIn(volumeCache, claimCache);
};

/** Follows the other site's PVs and claims, slimmed: ten thousand of both hold some megabytes. */
export const followPeerVolumes = ({ peer, ...common }: FollowOptions): PeerVolumes => {
  const failed = Promise.withResolvers<unknown>();
  const follow = <T extends KubernetesObject>(
    resource: Resource,
    { transform, indexes }: { transform: (object: T) => T; indexes: Indexes<T> },
  ): Informer<T> =>
    startInformer<T>({ ...common, cluster: peer, resource, transform, indexes, onFailure: failed.resolve });
  const volumes = follow(resources.persistentVolumes, { transform: slimVolume, indexes: byIdentity });
  const claims = follow(resources.persistentVolumeClaims, { transform: slimClaim, indexes: byVolume });
  return {
    lookup: lookupIn(volumes, claims),
    begun: Promise.race([failed.promise, Promise.all([volumes.synced, claims.synced])]),
    isCurrent: () => {
      const limits = { now: common.now(), maxAgeMs };
      return [volumes, claims].every(
        (cache) => cache.failure() === undefined && whyUnreadable('', cache, limits) === undefined,
      );
    },
  };
};
