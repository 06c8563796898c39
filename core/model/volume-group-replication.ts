import type { KubernetesObject } from './kubernetes-object.ts';
import type { ReplicationState, VolumeReplicationStatus } from './volume-replication.ts';

/** `metav1.LabelSelector`. */
export type LabelSelector = {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
};

/** `replication.storage.openshift.io/v1alpha1` VolumeGroupReplication: one replication state for all claims its selector finds. */
export type VolumeGroupReplication = KubernetesObject & {
  spec: {
    volumeGroupReplicationClassName: string;
    volumeReplicationClassName?: string;
    volumeReplicationName?: string;
    replicationState: ReplicationState;
    autoResync?: boolean;
    source: { selector: LabelSelector };
  };
  status?: VolumeReplicationStatus & { persistentVolumeClaimsRefList?: { name: string }[] };
};
