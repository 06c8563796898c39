import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DrError } from '../core/model/error.ts';

/** The directory of this package, seen from one of its modules: bundled or source, installed or checked out. */
export const findPackageRoot = (moduleUrl: string): string => {
  const start = dirname(fileURLToPath(moduleUrl));
  for (let directory = start; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'manifests', 'crds'))) return directory;
    if (directory === dirname(directory)) {
      throw new DrError({
        code: 'InstallationIncomplete',
        message: `manifests/crds is missing above ${start}`,
        hint: 'install kubectl-dr again',
      });
    }
  }
};
