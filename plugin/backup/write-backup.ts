import { lstat, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { DrError } from '../../core/model/error.ts';
import { systemCode, whyFileFailed } from './file-failure.ts';
import { makeDirectory } from './make-directory.ts';
import type { RenderedFile } from './render-backup.ts';

/** Secrets may be among the files, and volume handles always are. */
const ownersFile = 0o600;
const ownersDirectory = 0o700;
const filesAtOnce = 16;

/** Hidden, so that nobody takes it for a backup. */
const unfinished = '.partial-';

/** Flushes what a file or directory holds; some file systems cannot do so for a directory. */
const flushDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'].includes(systemCode(error))) throw error;
  } finally {
    await handle.close();
  }
};

/** Never over anything: a file that is there already is an error. */
const writeFile = async (path: string, bytes: Buffer): Promise<void> => {
  const handle = await open(path, 'wx', ownersFile);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** The directories that files need, each before those in it. */
const directoriesOf = (files: readonly RenderedFile[]): string[] => {
  const all = new Set<string>();
  for (const { path } of files) {
    for (let directory = dirname(path); directory !== '.'; directory = dirname(directory)) all.add(directory);
  }
  return [...all].sort();
};

/** All files but the last side by side; the last, the index, once the others are on the disk. */
const fill = async (place: string, files: readonly RenderedFile[], signal: AbortSignal): Promise<void> => {
  const directories = directoriesOf(files);
  for (const directory of directories) await mkdir(join(place, directory), { mode: ownersDirectory });
  const limit = pLimit(filesAtOnce);
  const write = ({ path, bytes }: RenderedFile) =>
    limit(() => {
      signal.throwIfAborted();
      return writeFile(join(place, path), bytes);
    });
  const results = await Promise.allSettled(files.slice(0, -1).map(write));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  for (const directory of directories) await flushDirectory(join(place, directory));
  await Promise.all(files.slice(-1).map(write));
  await flushDirectory(place);
};

const isFree = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    throw error;
  }
};

/** Moves the whole directory to its name, or to the first free one behind it. */
const putInPlace = async (
  place: string,
  store: string,
  nameOf: (attempt: number) => string,
): Promise<string> => {
  for (let attempt = 1; ; attempt++) {
    const target = join(store, nameOf(attempt));
    if (!(await isFree(target))) continue;
    try {
      await rename(place, target);
      return target;
    } catch (error) {
      // Somebody else was quicker: a directory with something in it is never replaced.
      if (!['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(systemCode(error))) throw error;
    }
  }
};

const notWritten = (store: string, error: unknown): unknown =>
  systemCode(error) === ''
    ? error
    : new DrError({
        code: 'BackupNotWritten',
        message: `no backup was written to ${store}: ${whyFileFailed(error)}`,
        hint: 'give another directory with -d',
        cause: error,
      });

/**
 * Writes the files, the last of which is the index, into a new directory of a store, and answers its path. It appears whole under its
 * name, on the disk, or not at all; nothing that is there is overwritten. Throws a `DrError` `BackupNotWritten`.
 */
export const writeBackup = async (
  store: string,
  nameOf: (attempt: number) => string,
  files: readonly RenderedFile[],
  signal: AbortSignal,
): Promise<string> => {
  let place: string | undefined;
  try {
    await makeDirectory(store, ownersDirectory);
    place = await mkdtemp(join(store, unfinished));
    await fill(place, files, signal);
    signal.throwIfAborted();
    const directory = await putInPlace(place, store, nameOf);
    place = undefined;
    await flushDirectory(store);
    return directory;
  } catch (error) {
    throw notWritten(store, error);
  } finally {
    // What went wrong before is what is told.
    if (place !== undefined) await rm(place, { recursive: true, force: true }).catch(() => undefined);
  }
};
