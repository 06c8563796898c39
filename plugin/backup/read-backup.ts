import { dirname } from 'node:path';
import type { BackupIndex } from '../../core/backup/backup-index.ts';
import { areOfOneCluster, claimsLeftTo } from '../../core/backup/claims-left-to.ts';
import { type DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import { objectsOfClaims } from '../../core/restore/objects-of-claims.ts';
import { shellWord } from '../../core/rules/guard/commands.ts';
import { backupError } from './backup-error.ts';
import { findBackups, type StoredBackup } from './find-backups.ts';
import { type Inspection, inspectBackup } from './inspect-backup.ts';

/** A backup that is whole: every byte is as it was written, and nothing else is there. */
export type ReadBackup = {
  /** The backup's own directory: of a store, the one that was picked. */
  readonly directory: string;
  readonly index: BackupIndex;
  /** Cleaned, in the order in which they can be created. */
  readonly objects: readonly KubernetesObject[];
  /** Backups of the store that were not picked though they are newer, or may have claims that no newer one has, and why: one clause each. */
  readonly passedOver: readonly PassedOver[];
  /** Of a store: parts of older backups of the same cluster, for claims that no newer one has. */
  readonly older: readonly OlderPart[];
};

/** What a store has of claims that are not in the backup that was picked. */
export type OlderPart = Pick<ReadBackup, 'directory' | 'index' | 'objects'> & {
  readonly claims: readonly ClaimKey[];
};

/** Which backup of a store, beside it being the newest whole one. */
export type Wanted = {
  readonly signal: AbortSignal;
  /** Why a backup will not do, as one clause; undefined: it will. Left out: every one does. */
  readonly whyNot?: (index: BackupIndex) => string | undefined;
};

const whole = (inspection: Inspection): Omit<ReadBackup, 'passedOver' | 'older'> => {
  const { directory, index, objects, problems } = inspection;
  const [first, ...more] = problems;
  if (first === undefined) return { directory, index, objects };
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw backupError(
    first.code,
    `${directory}/${first.path}: ${first.what}${rest}`,
    undefined,
    first.code === 'BackupBroken'
      ? `take another one: kubectl dr backup list -d ${shellWord(dirname(directory))}`
      : undefined,
  );
};

const whyIncomplete = ({ missing }: BackupIndex): string | undefined =>
  missing.length === 0 ? undefined : `it is without ${missing.length} objects that could not be read`;

/** Why a backup is not picked; `isUnwanted`: it is whole, and of no use here. */
type NotThis = { readonly why: string; readonly isUnwanted?: true };

const tryOne = async (
  directory: string,
  { signal, whyNot }: Wanted,
): Promise<NotThis | Omit<ReadBackup, 'passedOver' | 'older'>> => {
  try {
    const inspection = await inspectBackup(directory, signal);
    if (inspection === undefined) return { why: 'it has no index' };
    const read = whole(inspection);
    const incomplete = whyIncomplete(read.index);
    if (incomplete !== undefined) return { why: incomplete };
    const unwanted = whyNot?.(read.index);
    return unwanted === undefined ? read : { why: unwanted, isUnwanted: true };
  } catch (error) {
    signal.throwIfAborted();
    return { why: messageOf(error) };
  }
};

type PassedOver = NotThis & { readonly directory: string };

/**
 * What older backups of the same cluster have of claims that no newer one has. One that holds nothing of the kind is not read; what one with
 * a broken index holds nobody knows.
 */
const readOlder = async (
  newest: Pick<ReadBackup, 'index'>,
  stored: readonly StoredBackup[],
  wanted: Wanted,
): Promise<{ older: readonly OlderPart[]; passedOver: readonly PassedOver[] }> => {
  const older: OlderPart[] = [];
  const passedOver: PassedOver[] = [];
  for (const { directory, index } of stored) {
    if (!index.known) passedOver.push({ directory, why: index.why });
    if (!index.known || !areOfOneCluster(index.value, newest.index)) continue;
    const claims = claimsLeftTo(index.value, [newest.index, ...older.map((part) => part.index)]);
    if (claims.length === 0) continue;
    const read = await tryOne(directory, wanted);
    if ('why' in read) passedOver.push({ directory, ...read });
    else older.push({ ...read, claims, objects: objectsOfClaims(read.objects, claims) });
  }
  return { older, passedOver };
};

const noneWillDo = (store: string, passedOver: readonly PassedOver[]): DrError => {
  const list = `kubectl dr backup list -d ${shellWord(store)}`;
  const [newest] = passedOver;
  if (newest === undefined) return backupError('BackupNotFound', `${store} holds no backup`);
  const faulty = passedOver.find(({ isUnwanted }) => isUnwanted !== true);
  return faulty === undefined
    ? backupError(
        'BackupOfTarget',
        `${store} holds no backup for this site; of ${newest.directory}: ${newest.why}`,
        undefined,
        `restore it into the other site with --to, or name a directory with backups of that one; to see what is in this one: ${list}`,
      )
    : backupError(
        'BackupNotFound',
        `${store} holds no whole backup; of ${faulty.directory}: ${faulty.why}`,
        undefined,
        `see what there is: ${list}`,
      );
};

/** Of a store: one after the other, newest first, until one is whole; and for claims that it does not have, the newest that has them. */
const readNewest = async (store: string, wanted: Wanted): Promise<ReadBackup> => {
  const passedOver: PassedOver[] = [];
  const stored = await findBackups(store, wanted.signal);
  for (const [at, { directory }] of stored.entries()) {
    const read = await tryOne(directory, wanted);
    if ('why' in read) passedOver.push({ directory, ...read });
    else {
      const rest = await readOlder(read, stored.slice(at + 1), wanted);
      return { ...read, passedOver: [...passedOver, ...rest.passedOver], older: rest.older };
    }
  }
  throw noneWillDo(store, passedOver);
};

/**
 * Reads a backup and vouches for it: every digest is right, nothing is missing, foreign or a link, and the objects are those of the
 * index. Given a store, it picks the newest that is whole and complete, says which it passed over,
 * and takes the claims that it does not have from the newest that has them. A backup that is
 * named itself may lack objects, see `index.missing`. Throws a `DrError` of `backup-error.ts`.
 */
export const readBackup = async (directory: string, wanted: Wanted): Promise<ReadBackup> => {
  const inspection = await inspectBackup(directory, wanted.signal);
  return inspection === undefined
    ? readNewest(directory, wanted)
    : { ...whole(inspection), passedOver: [], older: [] };
};
