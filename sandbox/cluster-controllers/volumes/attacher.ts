import { messageOf } from '../../../core/model/error.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import type { ClusterController, LookContext } from '../runtime/cluster-controller.ts';
import type { Decision } from '../runtime/decision.ts';
import { parseKey, type SiteCache } from '../runtime/site-cache.ts';
import { rfc3339 } from '../runtime/time.ts';
import { claimKeysOfPod, isFinished, type Pod } from '../workloads/workload-objects.ts';
import {
  type AttachmentFacts,
  decideAttachment,
  letGo,
  markAttachError,
  markAttached,
} from './attachment-decision.ts';
import { useOf } from './provision-decision.ts';
import type { StorageDriver } from './storage-driver.ts';
import { claimKeyOfVolume, type VolumeAttachment } from './storage-objects.ts';

const { persistentVolumes, persistentVolumeClaims, volumeAttachments, pods } = resources;
const retryAfterMs = 2_000;

/** The volumes that a pod's claims are bound to. */
export const volumesOfPod = (pod: Pod, cache: SiteCache): string[] =>
  claimKeysOfPod(pod).flatMap((key) => {
    const claim = cache.get<PersistentVolumeClaim>(persistentVolumeClaims, parseKey(key));
    return claim?.spec?.volumeName === undefined ? [] : [claim.spec.volumeName];
  });

const isUser = (pod: Pod, nodeName: string): boolean => pod.spec?.nodeName === nodeName && !isFinished(pod);

const gather = (
  name: string,
  cache: SiteCache,
  site: { nodeName: string; driverName: string },
): AttachmentFacts => {
  const volume = cache.get<PersistentVolume>(persistentVolumes, { name });
  const key = volume === undefined ? undefined : claimKeyOfVolume(volume);
  const claim =
    key === undefined ? undefined : cache.get<PersistentVolumeClaim>(persistentVolumeClaims, parseKey(key));
  const isBound = claim?.status?.phase === 'Bound' && claim.spec?.volumeName === name;
  const users = isBound && key !== undefined ? cache.by<Pod>(pods, 'claim', key) : [];
  return {
    volume,
    attachment: cache
      .by<VolumeAttachment>(volumeAttachments, 'volume', name)
      .find(({ spec }) => spec?.nodeName === site.nodeName),
    users: users.filter((pod) => isUser(pod, site.nodeName)).length,
    ...site,
  };
};

const publish = async (
  attachment: VolumeAttachment,
  volume: PersistentVolume,
  driver: StorageDriver,
  { signal, now }: LookContext,
): Promise<Decision> => {
  const nodeName = attachment.spec?.nodeName ?? '';
  try {
    await driver.publishVolume(volume.spec?.csi?.volumeHandle ?? '', nodeName, useOf(volume), signal);
    return markAttached(attachment);
  } catch (thrown) {
    const { effects } = markAttachError(attachment, messageOf(thrown), rfc3339(now()));
    return { effects, againAfterMs: retryAfterMs };
  }
};

/** Attaches volumes to the site's node while pods use them, through VolumeAttachments and the driver. */
export const createAttacher = (driver: StorageDriver, nodeName: string): ClusterController => {
  const site = { nodeName, driverName: driver.name };
  // A volume that is gone can be unpublished only with the handle that was known when it was published.
  const published = new Map<string, string>();
  return {
    name: 'attacher',
    concurrency: 8,
    watches: [
      { resource: pods, keysOf: (pod, cache) => volumesOfPod(pod as Pod, cache) },
      {
        resource: persistentVolumeClaims,
        keysOf: (claim) => {
          const name = (claim as PersistentVolumeClaim).spec?.volumeName;
          return name === undefined ? [] : [name];
        },
      },
      { resource: persistentVolumes, keysOf: (volume) => [volume.metadata.name ?? ''] },
      {
        resource: volumeAttachments,
        keysOf: (attachment) => {
          const name = (attachment as VolumeAttachment).spec?.source?.persistentVolumeName;
          return name === undefined ? [] : [name];
        },
      },
    ],
    look: async (key, context) => {
      const facts = gather(key, context.cache, site);
      const step = decideAttachment(facts);
      const handle = facts.volume?.spec?.csi?.volumeHandle;
      if (handle !== undefined && facts.attachment !== undefined) published.set(key, handle);
      if (step.kind === 'write') return step.decision;
      if (step.kind === 'publish') return publish(step.attachment, step.volume, driver, context);
      const known = handle ?? published.get(key);
      if (known !== undefined) await driver.unpublishVolume(known, nodeName, context.signal);
      published.delete(key);
      return letGo(step.attachment, driver.name);
    },
  };
};
