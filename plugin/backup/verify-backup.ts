import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError, messageOf } from '../../core/model/error.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { Io } from '../io.ts';
import { backupError } from './backup-error.ts';
import { type Inspection, inspectBackup } from './inspect-backup.ts';
import { storeDirectory } from './store-directory.ts';
import { countVolumes } from './take-backup.ts';

type VerifyFlags = CommonFlags & { dir: string; directory?: string };

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A directory, or the name of a backup as `list` prints it. */
const locate = async ({ dir, directory }: VerifyFlags, io: Io): Promise<string> => {
  if (dir.includes('/') || (await exists(dir))) return dir;
  const stored = join(storeDirectory(directory, io), dir);
  return (await exists(stored)) ? stored : dir;
};

const report = ({ directory, index, problems }: Inspection, io: Io): ExitCode => {
  for (const { path, code, what } of problems) io.stdout.line(`${oneLine(path)}: ${what} (${code})`);
  const { volumes, files, missing, source } = index;
  if (problems.length > 0) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    io.stderr.line(`error: ${directory} is broken: ${count}, ${files.length} files`);
    return exitCode.degraded;
  }
  const without = missing.length === 0 ? '' : `, without ${missing.length} objects that could not be read`;
  io.stdout.line(`${directory} is whole: ${countVolumes(volumes)} of ${oneLine(source.site)}${without}`);
  return exitCode.ok;
};

/** `kubectl dr backup verify DIR`. Reads every byte. */
export const verifyBackup = async (flags: VerifyFlags, io: Io): Promise<ExitCode> => {
  const directory = await locate(flags, io);
  try {
    const inspection = await inspectBackup(directory, io.signal);
    if (inspection === undefined)
      throw backupError('BackupNotFound', `${directory} has no INDEX, so it is no backup`);
    return report(inspection, io);
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'BackupBroken') throw error;
    io.stdout.line(`${messageOf(error)} (${error.code})`);
    io.stderr.line(`error: ${directory} is broken: its index cannot be understood`);
    return exitCode.degraded;
  }
};
