import type { WantedVolume } from '../../core/restore/wanted.ts';
import { shellWord } from '../../core/rules/guard/commands.ts';
import { drFlags } from '../../core/status/dr-command.ts';
import type { SiteName } from '../../core/status/snapshot.ts';

/** Of more claims, a command line is longer than anybody reads. */
const mostNames = 20;

const promote = (namespace: string, volumes: readonly WantedVolume[], site: SiteName): string => {
  const names = volumes.map(({ claim }) => shellWord(claim.metadata.name ?? ''));
  const where = `-n ${shellWord(namespace)} ${drFlags(site)}`;
  return names.length > mostNames
    ? `kubectl dr status ${where}, then kubectl dr promote PVC… ${where}`
    : `kubectl dr promote ${names.join(' ')} ${where}`;
};

/** What makes restored volumes writable: a command for each namespace. */
export const promoteCommands = (volumes: readonly WantedVolume[], site: SiteName): readonly string[] =>
  [...Map.groupBy(volumes, ({ claim }) => claim.metadata.namespace ?? '')].map(([namespace, members]) =>
    promote(namespace, members, site),
  );
