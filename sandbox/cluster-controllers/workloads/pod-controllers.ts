import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import type { ClusterController } from '../runtime/cluster-controller.ts';
import { type Decision, settled } from '../runtime/decision.ts';
import { keyOf, parseKey, type SiteCache } from '../runtime/site-cache.ts';
import { rfc3339 } from '../runtime/time.ts';
import { candidatesFor } from '../volumes/binder.ts';
import type { FindMountObstacle } from '../volumes/storage-driver.ts';
import {
  claimKey,
  type StorageClass,
  storageClassNameOf,
  type VolumeAttachment,
  waitsForConsumer,
} from '../volumes/storage-objects.ts';
import { ephemeralVolumesOf } from './ephemeral-volumes.ts';
import type { SelectableNode } from './node-selector.ts';
import { decidePod, type MountState } from './pod-decision.ts';
import { decideSchedule, type MountedClaim } from './schedule-decision.ts';
import { claimKeysOfPod, type Pod } from './workload-objects.ts';

const { pods, persistentVolumeClaims, persistentVolumes, storageClasses, volumeAttachments } = resources;

/** The node of a site. */
export type SiteNode = { name: string; ip: string; labels: Readonly<Record<string, string>> };

const podsOfClaim = (key: string, cache: SiteCache): string[] => cache.by<Pod>(pods, 'claim', key).map(keyOf);

const mountedClaim = (key: string, pod: Pod, cache: SiteCache): MountedClaim => {
  const { name } = parseKey(key);
  const isEphemeral = ephemeralVolumesOf(pod).some(({ claimName }) => claimName === name);
  const claim = cache.get<PersistentVolumeClaim>(persistentVolumeClaims, parseKey(key));
  if (claim === undefined)
    return { name, claim, isEphemeral, storageClass: undefined, volume: undefined, candidates: [] };
  const storageClass = cache.get<StorageClass>(storageClasses, { name: storageClassNameOf(claim) });
  const candidates = waitsForConsumer(storageClass) ? candidatesFor(claim, cache) : [];
  const volumeName = claim.spec?.volumeName ?? '';
  const volume = cache.get<PersistentVolume>(persistentVolumes, { name: volumeName });
  return { name, claim, isEphemeral, storageClass, volume, candidates };
};

/** The node with the labels that it has now: people label it, and it is there before that. */
const nodeNow = (node: SiteNode, cache: SiteCache): SelectableNode => ({
  name: node.name,
  labels: cache.get(resources.nodes, { name: node.name })?.metadata.labels ?? node.labels,
});

const podsOfVolume = ({ metadata }: KubernetesObject, cache: SiteCache): string[] =>
  cache
    .by<PersistentVolumeClaim>(persistentVolumeClaims, 'volume', metadata.name ?? '')
    .flatMap((claim) => podsOfClaim(claimKey(claim), cache));

const unassigned = (cache: SiteCache): string[] =>
  cache
    .list<Pod>(pods)
    .filter(({ spec }) => (spec?.nodeName ?? '') === '')
    .map(keyOf);

/** Assigns pods to the site's node. */
export const createScheduler = (node: SiteNode): ClusterController => ({
  name: 'scheduler',
  concurrency: 16,
  watches: [
    { resource: pods, keysOf: (pod) => [keyOf(pod)] },
    { resource: persistentVolumeClaims, keysOf: (claim, cache) => podsOfClaim(claimKey(claim), cache) },
    { resource: resources.nodes, keysOf: (_, cache) => unassigned(cache) },
    { resource: persistentVolumes, keysOf: podsOfVolume },
  ],
  look: (key, { cache, now }) => {
    const pod = cache.get<Pod>(pods, parseKey(key));
    if (pod === undefined) return settled;
    const claims = claimKeysOfPod(pod).map((claim) => mountedClaim(claim, pod, cache));
    return decideSchedule({ pod, claims, node: nodeNow(node, cache), now: rfc3339(now()) });
  },
});

/** As the kubelet says it when a node cannot stage a volume. */
const mountFailure = (volumeName: string, why: string): MountState => ({
  state: 'failed',
  reason: 'FailedMount',
  message: `MountVolume.MountDevice failed for volume "${volumeName}" : rpc error: code = Internal desc = ${why}`,
});

const mountStateOf = (key: string, cache: SiteCache, site: NodeAgentOptions): MountState => {
  const claim = cache.get<PersistentVolumeClaim>(persistentVolumeClaims, parseKey(key));
  const volumeName = claim?.spec?.volumeName;
  if (volumeName === undefined || claim?.status?.phase !== 'Bound') return { state: 'waiting' };
  const volume = cache.get<PersistentVolume>(persistentVolumes, { name: volumeName });
  const csi = volume?.spec?.csi;
  if (volume === undefined) return { state: 'waiting' };
  if (csi === undefined || csi.driver !== site.driverName) return { state: 'mounted' };
  const attachment = cache
    .by<VolumeAttachment>(volumeAttachments, 'volume', volumeName)
    .find(
      ({ spec, metadata }) => spec?.nodeName === site.node.name && metadata.deletionTimestamp === undefined,
    );
  const refusal = attachment?.status?.attachError?.message;
  if (refusal !== undefined) {
    const message = `AttachVolume.Attach failed for volume "${volumeName}" : ${refusal}`;
    return { state: 'failed', reason: 'FailedAttachVolume', message };
  }
  if (attachment?.status?.attached !== true) return { state: 'waiting' };
  const obstacle = site.findMountObstacle(csi.volumeHandle);
  return obstacle === undefined ? { state: 'mounted' } : mountFailure(volumeName, obstacle);
};

export type NodeAgentOptions = {
  node: SiteNode;
  /** The driver whose volumes are attached and mounted; undefined where the site has none. */
  driverName: string | undefined;
  findMountObstacle: FindMountObstacle;
};

/** A pod's address within the site's pod network, derived from its uid: stable and distinct enough for a sandbox. */
const podIp = (pod: Pod): string => {
  const digits = (pod.metadata.uid ?? '').replaceAll('-', '').slice(0, 4).padEnd(4, '0');
  const [high = 0, low = 0] = [digits.slice(0, 2), digits.slice(2)].map((one) => Number.parseInt(one, 16));
  return `10.244.${high}.${low}`;
};

/** A refusal that goes on is told again after this time, not at every attempt. */
const remindAfterMs = 30_000;

/** Lets an Event about one pod through when it says something new, or when it is time to say it again. */
const createReminder = (): ((pod: Pod, decision: Decision, now: number) => Decision) => {
  const told = new Map<string, { message: string; at: number }>();
  return (pod, decision, now) => {
    const uid = pod.metadata.uid ?? '';
    const warnings = decision.effects.filter((one) => one.act === 'event' && one.type === 'Warning');
    if (warnings.length === 0) {
      told.delete(uid);
      return decision;
    }
    const message = warnings.map((one) => (one.act === 'event' ? one.message : '')).join();
    const before = told.get(uid);
    if (before?.message === message && now - before.at < remindAfterMs) {
      return { ...decision, effects: decision.effects.filter((one) => !warnings.includes(one)) };
    }
    told.set(uid, { message, at: now });
    return decision;
  };
};

/** Plays the kubelet of the site's one node. */
export const createNodeAgent = (options: NodeAgentOptions): ClusterController => {
  const remind = createReminder();
  return {
    name: 'node agent',
    concurrency: 16,
    watches: [
      { resource: pods, keysOf: (pod) => [keyOf(pod)] },
      { resource: persistentVolumeClaims, keysOf: (claim, cache) => podsOfClaim(claimKey(claim), cache) },
      {
        resource: volumeAttachments,
        keysOf: (object, cache) =>
          podsOfVolume(
            { metadata: { name: (object as VolumeAttachment).spec?.source?.persistentVolumeName ?? '' } },
            cache,
          ),
      },
    ],
    look: (key, { cache, now }) => {
      const pod = cache.get<Pod>(pods, parseKey(key));
      if (pod === undefined) return settled;
      const decision = decidePod({
        pod,
        // Without a node there is nothing to mount.
        mounts:
          pod.spec?.nodeName === options.node.name
            ? claimKeysOfPod(pod).map((claim) => mountStateOf(claim, cache, options))
            : [],
        nodeName: options.node.name,
        podIp: podIp(pod),
        hostIp: options.node.ip,
        now: rfc3339(now()),
      });
      return remind(pod, decision, now());
    },
  };
};
