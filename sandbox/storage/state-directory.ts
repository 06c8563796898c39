import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError, messageOf } from '../../core/model/error.ts';
import type { SavedArrays } from './saved-arrays.ts';

const STATE_FILE = 'arrays.json';
const blocksFile = (state: string): string =>
  `blocks-${createHash('sha256').update(state).digest('hex')}.bin`;
const isBlocksFile = (name: string): boolean => /^blocks-[0-9a-f]{64}\.bin$/.test(name);

/** Writes saved arrays into a directory. The state names its blocks by digest, so a crash leaves the old or the new pair. */
export const writeArrays = async (directory: string, { state, blocks }: SavedArrays): Promise<void> => {
  const current = blocksFile(state);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, current), blocks, { mode: 0o600 });
  await writeFile(join(directory, `${STATE_FILE}.new`), state, { mode: 0o600 });
  await rename(join(directory, `${STATE_FILE}.new`), join(directory, STATE_FILE));
  const stale = (await readdir(directory)).filter((name) => isBlocksFile(name) && name !== current);
  await Promise.all(stale.map((name) => rm(join(directory, name), { force: true })));
};

/** Reads what `writeArrays` wrote; undefined when the directory holds no arrays. Throws a DrError when it cannot be read. */
export const readArrays = async (directory: string): Promise<SavedArrays | undefined> => {
  try {
    const state = await readFile(join(directory, STATE_FILE), 'utf8');
    return { state, blocks: new Uint8Array(await readFile(join(directory, blocksFile(state)))) };
  } catch (cause) {
    const names = await readdir(directory).catch((): string[] => []);
    if (!names.includes(STATE_FILE) && (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DrError({
      code: 'SavedArraysUnreadable',
      message: `cannot read the storage's state in ${directory}: ${messageOf(cause)}`,
      hint: 'start with an empty state directory',
      cause,
    });
  }
};
