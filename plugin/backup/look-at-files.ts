import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { BackupIndex } from '../../core/backup/backup-index.ts';
import { listFiles } from './list-files.ts';
import { indexName } from './read-index.ts';

const looksAtOnce = 16;

/** Whether the files of a backup are those of its index, by name and size. Nothing is read: that takes `verify`. */
export const looksWhole = async (
  directory: string,
  { files }: BackupIndex,
  signal: AbortSignal,
): Promise<boolean> => {
  try {
    const found = await listFiles(directory, signal);
    const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
    if (found.length !== files.length + 1) return false;
    const limit = pLimit(looksAtOnce);
    const same = await Promise.all(
      found.map(({ path, isRegular }) =>
        limit(
          async () =>
            isRegular &&
            (path === indexName || (await lstat(join(directory, path))).size === sizes.get(path)),
        ),
      ),
    );
    return same.every(Boolean);
  } catch {
    signal.throwIfAborted();
    return false;
  }
};
