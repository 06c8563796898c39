import type { Condition, KubernetesObject } from './kubernetes-object.ts';

/** `spec.replicationState`. */
export type ReplicationState = 'primary' | 'secondary' | 'resync';

/** `replication.storage.openshift.io/v1alpha1` VolumeReplication. */
export type VolumeReplication = KubernetesObject & {
  spec: {
    volumeReplicationClass: string;
    replicationState: ReplicationState;
    dataSource: { apiGroup?: string; kind: string; name: string };
    /** Defaulted to false by the CRD, so it may be absent only in objects that never met a server. */
    autoResync?: boolean;
    replicationHandle?: string;
  };
  status?: VolumeReplicationStatus;
};

export type VolumeReplicationStatus = {
  /** `Primary`, `Secondary` or `Unknown`. */
  state?: string;
  message?: string;
  conditions?: Condition[];
  observedGeneration?: number;
  lastStartTime?: string;
  lastCompletionTime?: string;
  lastSyncTime?: string;
  /** int64. */
  lastSyncBytes?: number;
  /** Go duration text: `1m5s`. */
  lastSyncDuration?: string;
  destinationVolumeID?: string;
};

/** `replication.storage.openshift.io/v1alpha1` VolumeReplicationClass. */
export type VolumeReplicationClass = KubernetesObject & {
  spec: { provisioner: string; parameters?: Record<string, string> };
};

/** Names that kubernetes-csi-addons and we write on objects; they are the contract between controllers. */
export const replicationNames = {
  /** Also the finalizer on a VR: a bare domain without a slash. */
  finalizer: 'replication.storage.openshift.io',
  /** On a VolumeGroupReplication and its claims. */
  groupFinalizer: 'replication.storage.openshift.io/vgr-protection',
  parameterPrefix: 'replication.storage.openshift.io/',
  secretName: 'replication.storage.openshift.io/replication-secret-name',
  secretNamespace: 'replication.storage.openshift.io/replication-secret-namespace',
  pvcFinalizer: 'replication.storage.openshift.io/pvc-protection',
  pvcOwnerAnnotation: 'replication.storage.openshift.io/volume-replication-name',
  pvcGroupOwnerAnnotation: 'replication.storage.openshift.io/volume-group-replication-name',
} as const;
