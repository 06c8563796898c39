import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { BackupIndex } from '../../core/backup/backup-index.ts';
import { compactTime } from '../../core/backup/backup-name.ts';
import { DrError, messageOf } from '../../core/model/error.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { backupError } from './backup-error.ts';
import { systemCode, whyFileFailed } from './file-failure.ts';
import { readIndex } from './read-index.ts';

/** A directory of a store, by its index alone: digests are not looked at. */
export type StoredBackup = {
  readonly directory: string;
  readonly name: string;
  /** Unknown where there is an index that cannot be read. */
  readonly index: Reading<BackupIndex>;
};

const indexesAtOnce = 8;

const subdirectories = async (store: string): Promise<string[]> => {
  try {
    const entries = await readdir(store, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw backupError('BackupUnreadable', `${store} cannot be read: ${whyFileFailed(error)}`, error);
  }
};

const look = async (store: string, name: string): Promise<StoredBackup[]> => {
  const directory = join(store, name);
  try {
    const index = await readIndex(directory);
    return index === undefined ? [] : [{ directory, name, index: known(index) }];
  } catch (error) {
    if (!(error instanceof DrError)) throw error;
    return [{ directory, name, index: unknown(messageOf(error)) }];
  }
};

/** Its time as names of backups begin with it. Where the index cannot be read, the name stands in. */
const timeOf = ({ name, index }: StoredBackup): string =>
  index.known ? compactTime(Date.parse(index.value.createdAt)) : name.slice(0, compactTime(0).length);

const newestFirst = (a: StoredBackup, b: StoredBackup): number =>
  timeOf(b).localeCompare(timeOf(a), 'en') || b.name.localeCompare(a.name, 'en', { numeric: true });

/** The backups of a store, newest first; none where there is no such directory. What is no backup is left out. */
export const findBackups = async (store: string, signal: AbortSignal): Promise<StoredBackup[]> => {
  const limit = pLimit(indexesAtOnce);
  const names = await subdirectories(store);
  const found = await Promise.all(
    names.map((name) =>
      limit(() => {
        signal.throwIfAborted();
        return look(store, name);
      }),
    ),
  );
  return found.flat().sort(newestFirst);
};
