import { DrError } from '../../core/model/error.ts';
import { oneLine } from '../../core/rules/one-line.ts';

/**
 * Why a backup cannot be read:
 *
 *     BackupNotFound        there is no directory, or no backup in it
 *     BackupOfTarget        there are backups of the site alone that they would be restored into
 *     BackupUnreadable      the file system refuses
 *     BackupVersionUnknown  its index is of another version
 *     BackupBroken          something is missing, or is not what was written
 *     BackupForeign         something is there that was not written
 *     BackupTooLarge        larger than any backup that this version writes
 */
export type BackupErrorCode =
  | 'BackupNotFound'
  | 'BackupOfTarget'
  | 'BackupUnreadable'
  | 'BackupVersionUnknown'
  | 'BackupBroken'
  | 'BackupForeign'
  | 'BackupTooLarge';

const hints: Readonly<Record<BackupErrorCode, string>> = {
  BackupNotFound: 'see what there is: kubectl dr backup list',
  BackupOfTarget: 'name a backup of the other site',
  BackupUnreadable: 'run as somebody who may read it',
  BackupVersionUnknown: 'read it with the version of kubectl dr that wrote it',
  BackupBroken: 'take another one: kubectl dr backup list',
  BackupForeign: 'see what is foreign in it: kubectl dr backup verify DIRECTORY',
  BackupTooLarge: 'take another one: kubectl dr backup list',
};

/** The error of one backup; `message` names the file, `hint` what to do where that is more than its code tells. */
export const backupError = (
  code: BackupErrorCode,
  message: string,
  cause?: unknown,
  hint = hints[code],
): DrError =>
  new DrError({
    code,
    message: oneLine(message, 400),
    hint,
    ...(cause !== undefined && { cause }),
  });
