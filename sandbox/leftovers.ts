import { readFile, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { endLeftover } from './child-process.ts';
import { kubeconfigMark } from './kubeconfig-file.ts';
import { dropRecord, type SandboxRecord, type Surroundings } from './record.ts';

/** Whether a kubeconfig is one that a sandbox wrote, and may therefore be replaced or removed by one. */
export const isSandboxKubeconfig = async (path: string): Promise<boolean> =>
  (await readFile(path, 'utf8').catch(() => '')).startsWith(kubeconfigMark);

/** Only a directory that a sandbox has made is ever removed. */
const removeRunDirectory = async (path: string): Promise<void> => {
  if (basename(path).startsWith('kubectl-dr-')) await rm(path, { recursive: true, force: true });
};

/** Removes the files of a sandbox: its kubeconfig, its run directory, its record. */
export const removeFiles = async (record: SandboxRecord, surroundings: Surroundings): Promise<void> => {
  if (await isSandboxKubeconfig(record.kubeconfig)) await rm(record.kubeconfig, { force: true });
  await removeRunDirectory(record.runDirectory);
  await dropRecord(surroundings);
};

/** Ends the processes that a killed sandbox has left behind, and removes its files. */
export const removeLeftovers = async (record: SandboxRecord, surroundings: Surroundings): Promise<void> => {
  await Promise.all(record.children.map((pid) => endLeftover(pid, record.runDirectory)));
  await removeFiles(record, surroundings);
};
