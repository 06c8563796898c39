import { messageOf } from '../core/model/error.ts';
import { resources } from '../core/model/resource.ts';
import type { VolumeReplication } from '../core/model/volume-replication.ts';
import type { PeerView } from '../core/replication/facts.ts';
import { isNotFound } from '../kube/api-error.ts';
import type { Cluster } from '../kube/cluster.ts';

/** A person waits for the answer, and the other site may be dark. */
const timeoutMs = 5_000;

/** What the VolumeReplication of the same name on the other site says. What cannot be read is unknown, never "not primary". */
export const peerLook =
  (peer: Cluster) =>
  async ({ metadata }: VolumeReplication): Promise<PeerView> => {
    const site = peer.name;
    const key = { name: metadata.name ?? '', namespace: metadata.namespace ?? '' };
    try {
      const there = await peer.get<VolumeReplication>(resources.volumeReplications, key, { timeoutMs });
      const isPrimary = there.spec.replicationState === 'primary' || there.status?.state === 'Primary';
      if (isPrimary) return { state: 'primary', site };
      const isCurrent = there.status?.observedGeneration === there.metadata.generation;
      return isCurrent && there.status?.state === 'Secondary'
        ? { state: 'not-primary', site }
        : { state: 'unknown', site, reason: 'its VolumeReplication has not settled' };
    } catch (error) {
      const reason = isNotFound(error) ? 'no VolumeReplication of this name there' : messageOf(error);
      return { state: 'unknown', site, reason };
    }
  };
