import { constants } from 'node:fs';
import { access, readdir, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { MachineFacts } from '../../core/check/facts.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';

/** `kubectl-dr` and whatever begins so, with the ending that Windows needs. */
const isPlugin = (name: string): boolean => /^kubectl-dr(\.\w+)?$/.test(name);
const isShadow = (name: string): boolean => name.startsWith('kubectl-dr-');

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code));

/** The entries of one directory of PATH; none where it is not there, which is common. */
const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const executablesIn = async (directory: string, isWanted: (name: string) => boolean): Promise<string[]> => {
  const paths = (await namesIn(directory)).filter(isWanted).map((name) => join(directory, name));
  const usable = await Promise.all(paths.map(isExecutable));
  return paths.filter((_, index) => usable[index]);
};

/** Each file once, however many links and directories lead to it; the first path to it counts. */
const eachFileOnce = async (paths: readonly string[]): Promise<readonly string[]> => {
  const files = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
  return paths.filter((_, index) => files.indexOf(files[index] ?? '') === index);
};

const findOnPath = async (
  path: string | undefined,
  isWanted: (name: string) => boolean,
): Promise<Reading<readonly string[]>> => {
  const directories = [...new Set((path ?? '').split(delimiter).filter((entry) => entry !== ''))];
  try {
    const found = await Promise.all(directories.map((directory) => executablesIn(directory, isWanted)));
    return known(await eachFileOnce(found.flat()));
  } catch (error) {
    return unknown(`a directory of PATH cannot be read: ${error instanceof Error ? error.message : error}`);
  }
};

/** Executables on PATH that kubectl could take for this plugin or one of its commands. */
export const findExecutables = async (
  path: string | undefined,
): Promise<Pick<MachineFacts, 'shadows' | 'plugins'>> => {
  const [shadows, plugins] = await Promise.all([findOnPath(path, isShadow), findOnPath(path, isPlugin)]);
  return { shadows, plugins };
};
