/**
 * What `restore` leaves on a claim of the target site, so that a promote finds it there when the source site is lost. They belong
 * to that one restore: a backup does not take them along.
 */
export const restoreAnnotations = {
  /** Name of the VolumeReplication on the source site. */
  replicationName: 'kubectl-dr.dev/replication-name',
  /** Its class. */
  replicationClass: 'kubectl-dr.dev/replication-class',
  /** RFC 3339: the last complete sync that was known when the backup was taken. */
  lastSyncTime: 'kubectl-dr.dev/last-sync-time',
  /** Name of the source site. */
  source: 'kubectl-dr.dev/restored-from',
} as const;

/** Replica count of a workload before it was scaled to 0, on the workload itself. */
export const replicasAnnotation = 'kubectl-dr.dev/replicas';
