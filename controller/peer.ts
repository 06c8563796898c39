import { messageOf } from '../core/model/error.ts';
import type { PersistentVolume } from '../core/model/persistent-volume.ts';
import { resources } from '../core/model/resource.ts';
import type { VolumeReplication } from '../core/model/volume-replication.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { PeerLook } from '../kube/peer-look.ts';

/** Finds the volume on the other site by its identity, with two lists for each question. */
export const createPeerLook = ({ peer }: { peer: Cluster }): Pick<PeerLook, 'look'> => ({
  look: async ({ identity }) => {
    const site = peer.name;
    try {
      const volumes = await peer.listAll<PersistentVolume>(resources.persistentVolumes);
      const { items } = await peer.listAll<VolumeReplication>(resources.volumeReplications);
      for (const { spec } of volumes.items) {
        if (spec?.csi?.volumeHandle !== identity?.volumeHandle) continue;
        for (const vr of items) {
          if (vr.spec.dataSource.name !== spec?.claimRef?.name) continue;
          const replication = `${vr.metadata.namespace}/${vr.metadata.name}`;
          if (vr.spec.replicationState === 'primary')
            return { state: 'primary', site, replication, by: 'spec' };
          if (vr.status?.state === 'Primary') return { state: 'primary', site, replication, by: 'status' };
        }
      }
      return { state: 'not-primary', site };
    } catch (error) {
      return { state: 'unknown', site, why: messageOf(error) };
    }
  },
});
