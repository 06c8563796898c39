import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DrError, messageOf } from '../core/model/error.ts';
import { areStillValid, makeSiteCertificates, type SiteCertificates } from './certificates.ts';
import type { SandboxSite } from './control-protocol.ts';
import { makePrivateDirectory, writePrivateFile } from './write-file.ts';

/** Makes the directory of `--state`, and refuses one that cannot be written to before anything is started. */
export const openStateDirectory = async (path: string): Promise<string> => {
  const directory = resolve(path);
  const probe = join(directory, '.writable');
  try {
    await makePrivateDirectory(directory);
    await writeFile(probe, '', { mode: 0o600 });
    await rm(probe);
    return directory;
  } catch (cause) {
    throw new DrError({
      code: 'StateNotWritable',
      message: `state directory ${directory} cannot be written: ${messageOf(cause)}`,
      hint: 'name another one with --state, or make it writable',
      cause,
    });
  }
};

/** A file that an earlier run left. */
const parseKept = <T>(text: string, path: string | undefined): T => {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new DrError({
      code: 'StateUnreadable',
      message: `the kept state in ${path} cannot be read`,
      hint: 'restore the file, or start with an empty state directory',
      cause,
    });
  }
};

/** The certificates of a site: those kept from an earlier run while they hold, else new ones. */
export const certificatesFor = async (options: {
  site: SandboxSite;
  /** Where they are kept; nowhere where undefined. */
  directory: string | undefined;
  now: number;
}): Promise<SiteCertificates> => {
  const { site, directory, now } = options;
  const path = directory === undefined ? undefined : join(directory, site, 'certificates.json');
  const kept = path === undefined ? undefined : await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) {
    const certificates = parseKept<SiteCertificates>(kept, path);
    if (areStillValid(certificates, now)) return certificates;
  }
  const made = await makeSiteCertificates({ site, now });
  if (path !== undefined) await writePrivateFile(path, JSON.stringify(made));
  return made;
};

/** What has to be the same in the next run. */
export type KeptRun = {
  servers: 'embedded' | 'kube-apiserver';
  ports: readonly [number, number];
  webhookPorts: readonly [number, number];
};

const runFile = (directory: string): string => join(directory, 'run.json');

const none = { ports: [0, 0], webhookPorts: [0, 0] } as const;

/**
 * The ports of the run before, so that kubeconfigs that were handed out still work; 0 where there was none. The two kinds of
 * API servers keep their objects in different ways, so a directory stays with the kind that it began with.
 */
export const readFormerRun = async (
  directory: string | undefined,
  servers: KeptRun['servers'],
): Promise<Pick<KeptRun, 'ports' | 'webhookPorts'>> => {
  const text =
    directory === undefined ? undefined : await readFile(runFile(directory), 'utf8').catch(() => undefined);
  if (directory === undefined || text === undefined) return none;
  const former = parseKept<KeptRun>(text, runFile(directory));
  const { ports, webhookPorts } = { ...none, ...former };
  if (former.servers === servers) return { ports, webhookPorts };
  throw new DrError({
    code: 'StateOfOtherServers',
    message: `${directory} holds the state of ${describe(former.servers)}, not of ${describe(servers)}`,
    hint:
      former.servers === 'embedded' ? 'add --embedded, or name another directory' : 'name another directory',
  });
};

const describe = (servers: KeptRun['servers']): string =>
  servers === 'embedded' ? 'embedded API servers' : 'real API servers';

/** Remembers this run for the next one. */
export const writeRun = (directory: string, run: KeptRun): Promise<void> =>
  writePrivateFile(runFile(directory), JSON.stringify(run));
