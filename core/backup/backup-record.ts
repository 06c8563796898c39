import { millisecondsOf } from '../model/api-time.ts';
import { formatTime } from '../model/condition.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';

/**
 * What a backup leaves on record, on the VolumeReplication or VolumeGroupReplication of each volume that is in it:
 * `2026-03-01T12:00:00Z sha256:4be1…`. It says that a backup was made. Whether somebody still keeps it, nothing here can tell.
 */
export const lastBackupAnnotation = 'kubectl-dr.dev/last-backup';

/** One backup, as it is on record. */
export type BackupRecord = {
  /** When its objects were read, milliseconds since the epoch. */
  readonly at: number;
  /** `sha256:` and lower-case hexadecimal: of the file `INDEX`, which has the digests of all others; of a stream, all its bytes. */
  readonly digest: string;
};

/** A record as the annotation has it. */
export const backupRecordText = ({ at, digest }: BackupRecord): string => `${formatTime(at)} ${digest}`;

const recordText = /^(\S+) (sha256:[0-9a-f]{64})$/;

/** The last backup that is on record; undefined where none is, or where nobody can read what is written there. */
export const backupRecordOf = ({ metadata }: KubernetesObject): BackupRecord | undefined => {
  const [, time, digest] = recordText.exec(metadata.annotations?.[lastBackupAnnotation] ?? '') ?? [];
  const at = millisecondsOf(time);
  return at === undefined || digest === undefined ? undefined : { at, digest };
};
