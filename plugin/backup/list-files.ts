import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Something below a directory that is no directory itself. */
export type FoundFile = {
  /** Below the directory, with `/` on every system. */
  readonly path: string;
  /** False for a symbolic link, a socket, a device. */
  readonly isRegular: boolean;
};

/** Nothing that we write is deeper. */
const deepest = 8;

/** All files below a directory, in no order. No link is followed. Rejects with the system's error. */
export const listFiles = async (
  directory: string,
  signal: AbortSignal,
  under = '',
  depth = 0,
): Promise<FoundFile[]> => {
  signal.throwIfAborted();
  const entries = await readdir(join(directory, under), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<FoundFile[]> => {
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      const isDeeper = entry.isDirectory() && depth < deepest;
      return isDeeper ? listFiles(directory, signal, path, depth + 1) : [{ path, isRegular: entry.isFile() }];
    }),
  );
  return found.flat();
};
