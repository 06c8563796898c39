import { join } from 'node:path';
import { DrError } from '../../core/model/error.ts';
import type { Io } from '../io.ts';

/** The directory that keeps backups: the one given, else `$XDG_DATA_HOME/kubectl-dr/backups`, else below `~/.local/share`. */
export const storeDirectory = (
  given: string | undefined,
  { env, home }: Pick<Io, 'env' | 'home'>,
): string => {
  if (given) return given;
  const data = env['XDG_DATA_HOME'] || (home === undefined ? undefined : join(home, '.local', 'share'));
  if (data !== undefined) return join(data, 'kubectl-dr', 'backups');
  throw new DrError({
    code: 'NoStore',
    message: 'there is no home directory to keep backups in',
    hint: 'name a directory with -d',
  });
};
