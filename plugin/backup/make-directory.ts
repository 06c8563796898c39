import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './file-failure.ts';

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
};

/**
 * Makes a directory with those above it. Node's own `recursive` goes on for ever, and holds the end of the process, where a file system says
 * that a parent is missing which is there, as `/proc` does.
 */
export const makeDirectory = async (path: string, mode: number): Promise<void> => {
  const make = async (): Promise<void> => {
    try {
      await mkdir(path, { mode });
    } catch (error) {
      if (!(await isDirectory(path))) throw error;
    }
  };
  try {
    await make();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path), mode);
    // With its parent there, whatever it says now is the reason.
    await make();
  }
};
