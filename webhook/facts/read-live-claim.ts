import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { ReadClaim } from './sources.ts';

const timeoutMs = 2_000;

/** Reads claims from the API server, for the moment between a claim's creation and its appearance in the cache. */
export const createClaimReader =
  (cluster: Cluster): ReadClaim =>
  async (key, signal) => {
    try {
      const { namespace, name } = key;
      return await cluster.get<PersistentVolumeClaim>(
        resources.persistentVolumeClaims,
        { namespace, name },
        { signal, timeoutMs },
      );
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
