import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DrError, messageOf } from '../core/model/error.ts';
import { areStillValid, makeSiteCertificates, type SiteCertificates } from './certificates.ts';
import type { SandboxSite } from './control-protocol.ts';
import { writePrivateFile } from './write-file.ts';

/** Makes the directory of `--state`, and refuses one that cannot be written to before anything is started. */
export const openStateDirectory = async (path: string): Promise<string> => {
  const directory = resolve(path);
  const probe = join(directory, '.writable');
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
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
    const certificates = JSON.parse(kept) as SiteCertificates;
    if (areStillValid(certificates, now)) return certificates;
  }
  const made = await makeSiteCertificates({ site, now });
  if (path !== undefined) await writePrivateFile(path, JSON.stringify(made));
  return made;
};

/** The ports of the run before, so that kubeconfigs that were handed out still work; 0 where there was none. */
export const readPorts = async (directory: string | undefined): Promise<readonly [number, number]> => {
  if (directory === undefined) return [0, 0];
  const text = await readFile(join(directory, 'ports.json'), 'utf8').catch(() => '[0,0]');
  const [first = 0, second = 0] = JSON.parse(text) as number[];
  return [first, second];
};

/** Remembers the ports of this run. */
export const writePorts = (directory: string, ports: readonly number[]): Promise<void> =>
  writePrivateFile(join(directory, 'ports.json'), JSON.stringify(ports));
