import { open, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { DrError } from '../core/model/error.ts';
import { makePrivateDirectory, notWritable, writePrivateFile } from './write-file.ts';

/** What other processes must know of a running sandbox, and what a later one needs to clean up after it. */
export type SandboxRecord = {
  version: 1;
  pid: number;
  /** RFC 3339. */
  startedAt: string;
  controlSocket: string;
  /** Holds sockets, logs and keys; goes with the sandbox. */
  runDirectory: string;
  kubeconfig: string;
  sites: { name: string; url: string }[];
  /** Processes that must not outlive it. Their command lines hold the run directory. */
  children: number[];
};

/** Where things are looked up and put: the environment, and the home directory. */
export type Surroundings = {
  env: Readonly<Record<string, string | undefined>>;
  home: string | undefined;
};

const homeOf = ({ home }: Surroundings): string => home ?? homedir();

/** `$XDG_STATE_HOME/kubectl-dr/sandbox.json`, else below `~/.local/state`. One per user: there is one sandbox at a time. */
export const recordPath = (surroundings: Surroundings): string =>
  join(
    surroundings.env['XDG_STATE_HOME'] || join(homeOf(surroundings), '.local', 'state'),
    'kubectl-dr',
    'sandbox.json',
  );

/** The kubeconfig that a sandbox writes unless told otherwise. */
export const defaultKubeconfig = (surroundings: Surroundings): string =>
  join(homeOf(surroundings), '.kube', 'kubectl-dr-sandbox');

const parseRecord = (text: string): SandboxRecord => {
  const record = JSON.parse(text) as Partial<SandboxRecord> | null;
  if (record?.version !== 1 || !Array.isArray(record.children) || !Array.isArray(record.sites))
    throw new Error('it is not the record of a sandbox');
  return record as SandboxRecord;
};

/** The record of a sandbox, running or dead; undefined where there is none. */
export const readRecord = async (surroundings: Surroundings): Promise<SandboxRecord | undefined> => {
  const path = recordPath(surroundings);
  try {
    return parseRecord(await readFile(path, 'utf8'));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DrError({
      code: 'SandboxRecordUnreadable',
      message: `the record of the sandbox in ${path} cannot be read`,
      hint: 'delete the file when no sandbox runs',
      cause: thrown,
    });
  }
};

/** Takes the place of the one sandbox; false when another one has it. */
export const claimRecord = async (surroundings: Surroundings, record: SandboxRecord): Promise<boolean> => {
  const path = recordPath(surroundings);
  try {
    await makePrivateDirectory(dirname(path));
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(record, undefined, 2));
    await file.close();
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw notWritable(path, thrown);
  }
};

/** Writes what changed, e.g. the processes. */
export const updateRecord = (surroundings: Surroundings, record: SandboxRecord): Promise<void> =>
  writePrivateFile(recordPath(surroundings), JSON.stringify(record, undefined, 2));

/** Gives the place up. */
export const dropRecord = (surroundings: Surroundings): Promise<void> =>
  rm(recordPath(surroundings), { force: true });
