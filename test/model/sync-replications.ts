import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { ApiError } from '../../kube/api-error.ts';
import { admitReplication } from './admit-replication.ts';
import type { MovingWorld } from './moving-world.ts';
import { claimNames, type SiteNumber } from './simulated-storage.ts';

/** GitOps applies the manifests of a site once: each VolumeReplication asks for primary, whatever somebody made of it meanwhile. */
export const syncOnce = async (world: MovingWorld, number: SiteNumber): Promise<void> => {
  const { guarded } = world.sites[number];
  const now = world.now + world.setup.siteSkew[number];
  for (const claim of claimNames) {
    const oldObject = guarded.replication(claim);
    if (oldObject === undefined || oldObject.spec.replicationState === 'primary') continue;
    const spec: VolumeReplication['spec'] = {
      ...oldObject.spec,
      replicationState: 'primary',
      autoResync: false,
    };
    const write = { object: { ...oldObject, spec }, oldObject, user: 'gitops' };
    try {
      await admitReplication({ site: guarded, told: world, now }, write);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
};
