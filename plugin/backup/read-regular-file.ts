import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes of one file of a backup. */
export const largestFile = 32 * 2 ** 20;

/** Follows no link, and does not wait for somebody to write into a pipe. */
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What was read; otherwise why it was not, though the system would let us. */
export type FileReading =
  | { readonly bytes: Buffer }
  | { readonly refused: 'not a regular file' | 'too large'; readonly size: number };

const readOpen = async (file: FileHandle): Promise<FileReading> => {
  const stats = await file.stat();
  const { size } = stats;
  if (!stats.isFile()) return { refused: 'not a regular file', size };
  return size > largestFile ? { refused: 'too large', size } : { bytes: await file.readFile() };
};

/** The bytes of a file that may be anything. Rejects with the system's error; `ELOOP` for a symbolic link. */
export const readRegularFile = async (path: string): Promise<FileReading> => {
  const file = await open(path, flags);
  try {
    return await readOpen(file);
  } finally {
    await file.close();
  }
};
