import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

/** Stores a VolumeReplication that somebody wrote apart from its status, with the time of it, as an API server does. */
export const storeWritten = (
  cluster: SimulatedCluster,
  object: VolumeReplication,
  manager: string,
  now: number,
): VolumeReplication => {
  const time = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const others = (object.metadata.managedFields ?? []).filter((entry) => entry.manager !== manager);
  return cluster.store(resources.volumeReplications, {
    ...object,
    metadata: { ...object.metadata, managedFields: [...others, { manager, time }] },
  });
};
