/** What `INDEX` of a backup tells of one object that could not be read. */
export type MissingObject = {
  readonly kind: string;
  /** Null for kinds without a namespace. */
  readonly namespace: string | null;
  readonly name: string;
  /** One clause. */
  readonly why: string;
};

/** One volume of a backup: what both sites share of it, and what is known of its replication. */
export type BackedUpVolume = {
  readonly namespace: string;
  readonly persistentVolumeClaim: string;
  /** Uid of the claim on the source site. */
  readonly claimUid: string | null;
  readonly persistentVolume: string;
  readonly driver: string;
  readonly volumeHandle: string;
  /** What its driver calls the copy on the other site, where it told; absent in older backups. */
  readonly destinationVolumeHandle?: string | null;
  readonly storageClass: string | null;
  /** Null where nothing protected it. `state` is the status's: `Primary`, `Secondary`, `Unknown` or empty. */
  readonly replication: {
    readonly kind: 'VolumeReplication' | 'VolumeGroupReplication';
    readonly name: string;
    readonly class: string | null;
    readonly state: string;
  } | null;
  /** RFC 3339: when the last complete sync ended, as the primary knew at the time of the backup. */
  readonly lastSyncTime: string | null;
};

/**
 * One file of a backup: the object in it, and what its bytes must be. A file of originals, of kind `Originals` (see `originals.ts`),
 * keeps all objects raw instead: its name is its path, and nobody restores it.
 */
export type BackedUpFile = {
  /** Below the backup's directory, with `/` on every system. */
  readonly path: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
};

/** The cluster that a backup was taken from. */
export type BackupSource = {
  /** What people call it. */
  readonly site: string;
  /** Uid of its namespace `kube-system`, which no other cluster has; null where it could not be read. */
  readonly clusterUid: string | null;
  /** `v1.36.0`; null where it could not be read. */
  readonly kubernetesVersion: string | null;
};

/** The file `INDEX` of a backup's directory, as YAML. It is written last: a directory without one is no backup. */
export type BackupIndex = {
  readonly apiVersion: 'backup.kubectl-dr.dev/v1alpha1';
  readonly kind: 'Backup';
  /** RFC 3339. */
  readonly createdAt: string;
  /** `kubectl dr 0.1.0`. */
  readonly createdBy: string;
  readonly source: BackupSource;
  /** Every protected claim was to be taken: of that namespace, or of all of them (`*`). Absent where claims were named or chosen by labels. */
  readonly everythingOf?: string;
  /** Empty where the backup is complete. */
  readonly missing: readonly MissingObject[];
  readonly volumes: readonly BackedUpVolume[];
  readonly files: readonly BackedUpFile[];
};
