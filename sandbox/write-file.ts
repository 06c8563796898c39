import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DrError, messageOf } from '../core/model/error.ts';

/**
 * Makes a private directory and its parents. Node's own recursive way never ends where a file system answers ENOENT for a
 * directory that cannot be made, as procfs does.
 */
export const makePrivateDirectory = async (path: string): Promise<void> => {
  const make = (): Promise<void> =>
    mkdir(path, { mode: 0o700 }).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EEXIST') throw thrown;
    });
  try {
    await make();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw thrown;
    await makePrivateDirectory(dirname(path));
    await make();
  }
};

/** An error of the file system, as one that says which file could not be written. */
export const notWritable = (path: string, cause: unknown): DrError =>
  new DrError({
    code: 'FileNotWritable',
    message: `${path} cannot be written: ${messageOf(cause)}`,
    hint: 'make its directory writable, or choose another one',
    cause,
  });

/**
 * Writes a file whole or not at all, readable by its owner only. A directory that is missing is made, private too.
 * Throws `FileNotWritable`.
 */
export const writePrivateFile = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await makePrivateDirectory(dirname(path));
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
  } catch (thrown) {
    // What stands in the way of writing may stand in the way of removing, too; the first is what matters.
    await rm(draft, { force: true }).catch(() => undefined);
    throw notWritable(path, thrown);
  }
};
