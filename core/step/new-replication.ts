import type { VolumeReplication } from '../model/volume-replication.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';

/** A VolumeReplication that makes the volume of a claim primary. */
export const newReplication = (
  claim: ClaimKey,
  { name, className }: { readonly name: string; readonly className: string },
): VolumeReplication => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { namespace: claim.namespace, name },
  spec: {
    volumeReplicationClass: className,
    replicationState: 'primary',
    autoResync: false,
    dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name: claim.name },
  },
});
