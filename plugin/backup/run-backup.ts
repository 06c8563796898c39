import { createHash } from 'node:crypto';
import { DrError } from '../../core/model/error.ts';
import type { Sites } from '../door/clusters.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { parseRequestTimeout } from '../flags/request-timeout.ts';
import type { Io } from '../io.ts';
import { createReporter } from '../progress/reporter.ts';
import { parseSelection, type Selection } from '../selection/parse-selection.ts';
import { usageError } from '../usage-error.ts';
import type { BackupFlags } from './backup-flags.ts';
import { printBackup } from './print-backup.ts';
import { recordBackup } from './record-backup.ts';
import { storeDirectory } from './store-directory.ts';
import { countVolumes, storeBackup, streamBackup, type TakenBackup, takeBackup } from './take-backup.ts';

/** `-d -`: the backup goes to stdout. */
const stdoutName = '-';

/** From this verbosity on, the requests are counted aloud. */
const countFrom = 1;

const checkFlags = ({ directory, output, ...flags }: BackupFlags): void => {
  if (flags['include-secrets'] && !flags['include-workloads'])
    throw usageError('--include-secrets takes the secrets of workloads', 'give --include-workloads too');
  if (directory === stdoutName && output !== undefined)
    throw usageError('-o says what is printed, and -d - prints the backup itself', 'leave out one of them');
};

/** Says on stderr what is not in the backup, and what a person should know beside. */
const tellGaps = ({ head, composition }: TakenBackup, io: Io): void => {
  const { site } = head.source;
  const { report } = createReporter({ verb: 'backup', output: 'text', io });
  for (const message of composition.warnings) report({ type: 'Warning', site, message });
  for (const { kind, namespace, name, why } of head.missing)
    report({
      type: 'Failed',
      site,
      object: { kind, namespace: namespace ?? undefined, name },
      message: why,
      code: 'NotBackedUp',
    });
};

const nothing = ({ namespace, labels }: Selection, site: string): DrError => {
  const what = labels === undefined ? 'no protected claim' : `no claim with the labels ${labels}`;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return new DrError({
    code: 'NothingToBackUp',
    message: `${site}: there is ${what}${where}, so there is no backup`,
    hint: 'name the claims, protected or not',
  });
};

/** Answers the digest of what was written. */
const streamOut = async (taken: TakenBackup, io: Io): Promise<string> => {
  const hash = createHash('sha256');
  for (const text of streamBackup(taken)) {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    io.stdout.bytes(bytes);
    await io.stdout.flush();
  }
  // Where it did not arrive, nothing was backed up.
  io.signal.throwIfAborted();
  return `sha256:${hash.digest('hex')}`;
};

const keep = async (taken: TakenBackup, { here, requestCount }: Sites, flags: BackupFlags, io: Io) => {
  const isStream = flags.directory === stdoutName;
  const stored = isStream
    ? { digest: await streamOut(taken, io), directory: undefined }
    : await storeBackup(taken, storeDirectory(flags.directory, io), io.signal);
  const unrecorded = await recordBackup(here, taken.head, stored.digest, io.signal);
  if (stored.directory !== undefined)
    await printBackup(taken, { directory: stored.directory, requests: requestCount() }, flags.output, io);
  if (unrecorded !== undefined) io.stderr.line(`Warning: ${unrecorded}`);
  const { head, composition } = taken;
  io.stderr.line(
    `Backed up ${countVolumes(head.volumes)} of ${head.source.site}, ${composition.objects.length} objects.`,
  );
};

const backUp = async (sites: Sites, selection: Selection, flags: BackupFlags, io: Io): Promise<ExitCode> => {
  const extent = {
    workloads: flags['include-workloads'] ?? false,
    secrets: flags['include-secrets'] ?? false,
  };
  const taken = await takeBackup(sites.here, selection, extent, io);
  tellGaps(taken, io);
  if (flags.v >= countFrom) io.stderr.line(`${sites.here.name}: ${sites.requestCount()} API requests`);
  const { volumes, missing } = taken.head;
  if (volumes.length === 0 && missing.length === 0) throw nothing(selection, sites.here.name);
  if (volumes.length === 0) return exitCode.error;
  await keep(taken, sites, flags, io);
  return missing.length === 0 ? exitCode.ok : exitCode.partly;
};

/** `kubectl dr backup [PVC...]`. */
export const runBackup = async (flags: BackupFlags, io: Io): Promise<ExitCode> => {
  checkFlags(flags);
  const selectionIn = parseSelection(flags);
  const requestTimeoutMs = parseRequestTimeout(flags['request-timeout']);
  const { openSites, closeSites } = await import('../door/clusters.ts');
  const sites = await openSites({ ...flags, requestTimeoutMs }, io);
  try {
    return await backUp(sites, selectionIn(sites.here.cluster.defaultNamespace), flags, io);
  } finally {
    closeSites(sites);
  }
};
