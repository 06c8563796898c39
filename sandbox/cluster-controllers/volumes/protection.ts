import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import type { ClusterController, LookContext } from '../runtime/cluster-controller.ts';
import { type Decision, settled } from '../runtime/decision.ts';
import { keyOf, parseKey } from '../runtime/site-cache.ts';
import { claimKeysOfPod, type Pod } from '../workloads/workload-objects.ts';
import { decideClaimProtection, decideVolumeProtection } from './protection-decision.ts';
import { claimKey } from './storage-objects.ts';

const usesClaim = (pod: Pod, key: string): boolean =>
  (pod.spec?.nodeName ?? '') !== '' && claimKeysOfPod(pod).includes(key);

const lookAtClaim = async (key: string, context: LookContext): Promise<Decision> => {
  const { cache, cluster, signal } = context;
  const claim = cache.get<PersistentVolumeClaim>(resources.persistentVolumeClaims, parseKey(key));
  if (claim === undefined) return settled;
  const count = (pods: readonly Pod[]): number => pods.filter((pod) => usesClaim(pod, key)).length;
  const decision = decideClaimProtection(claim, count(cache.by<Pod>(resources.pods, 'claim', key)));
  if (decision.effects.length === 0 || claim.metadata.deletionTimestamp === undefined) return decision;
  // Taking a protection off is final: a pod that the cache does not know yet must count too.
  const live = await cluster.listAll<Pod>(resources.pods, {
    namespace: claim.metadata.namespace ?? '',
    signal,
  });
  return decideClaimProtection(claim, count(live.items));
};

/** Keeps claims that pods use from vanishing. */
export const claimProtection: ClusterController = {
  name: 'claim protection',
  concurrency: 4,
  watches: [
    { resource: resources.persistentVolumeClaims, keysOf: (claim) => [claimKey(claim)] },
    { resource: resources.pods, keysOf: (pod) => claimKeysOfPod(pod as Pod) },
  ],
  look: lookAtClaim,
};

/** Keeps bound volumes from vanishing. */
export const volumeProtection: ClusterController = {
  name: 'volume protection',
  concurrency: 4,
  watches: [{ resource: resources.persistentVolumes, keysOf: (volume) => [keyOf(volume)] }],
  look: (key, { cache }) => {
    const volume = cache.get<PersistentVolume>(resources.persistentVolumes, { name: key });
    return volume === undefined ? settled : decideVolumeProtection(volume);
  },
};
