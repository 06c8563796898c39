import type { BackupIndex } from '../../core/backup/backup-index.ts';
import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { backupError } from './backup-error.ts';
import { findBackups } from './find-backups.ts';
import { type Inspection, inspectBackup } from './inspect-backup.ts';

/** A backup that is whole: every byte is as it was written, and nothing else is there. */
export type ReadBackup = {
  /** The backup's own directory: of a store, the one that was picked. */
  readonly directory: string;
  readonly index: BackupIndex;
  /** Cleaned, in the order in which they can be created. */
  readonly objects: readonly KubernetesObject[];
  /** Newer backups of the store that were not picked, newest first, and why, as one clause each. */
  readonly passedOver: readonly { readonly directory: string; readonly why: string }[];
};

/** Which backup of a store, beside it being the newest whole one. */
export type Wanted = {
  readonly signal: AbortSignal;
  /** Why a backup will not do, as one clause; undefined: it will. Left out: every one does. */
  readonly whyNot?: (index: BackupIndex) => string | undefined;
};

const whole = (inspection: Inspection): Omit<ReadBackup, 'passedOver'> => {
  const { directory, index, objects, problems } = inspection;
  const [first, ...more] = problems;
  if (first === undefined) return { directory, index, objects };
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw backupError(first.code, `${directory}/${first.path}: ${first.what}${rest}`);
};

const whyIncomplete = ({ missing }: BackupIndex): string | undefined =>
  missing.length === 0 ? undefined : `it is without ${missing.length} objects that could not be read`;

/** Undefined: this one; the clause why not otherwise. */
const tryOne = async (directory: string, { signal, whyNot }: Wanted) => {
  try {
    const inspection = await inspectBackup(directory, signal);
    if (inspection === undefined) return 'it has no index';
    const read = whole(inspection);
    return whyIncomplete(read.index) ?? whyNot?.(read.index) ?? read;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error);
  }
};

/** Of a store: one after the other, newest first, until one is whole. */
const readNewest = async (store: string, wanted: Wanted): Promise<ReadBackup> => {
  const passedOver: { directory: string; why: string }[] = [];
  for (const { directory } of await findBackups(store, wanted.signal)) {
    const read = await tryOne(directory, wanted);
    if (typeof read !== 'string') return { ...read, passedOver };
    passedOver.push({ directory, why: read });
  }
  const [newest] = passedOver;
  if (newest === undefined) throw backupError('BackupNotFound', `${store} holds no backup`);
  throw backupError(
    'BackupNotFound',
    `${store} holds no whole backup; of ${newest.directory}: ${newest.why}`,
  );
};

/**
 * Reads a backup and vouches for it: every digest is right, nothing is missing, foreign or a link, and the objects are those of the
 * index. Given a store, it picks the newest that is whole and complete, and says which newer ones it passed over. A backup that is
 * named itself may lack objects, see `index.missing`. Throws a `DrError` of `backup-error.ts`.
 */
export const readBackup = async (directory: string, wanted: Wanted): Promise<ReadBackup> => {
  const inspection = await inspectBackup(directory, wanted.signal);
  return inspection === undefined ? readNewest(directory, wanted) : { ...whole(inspection), passedOver: [] };
};
