import { DrError, messageOf } from '../../core/model/error.ts';
import type { Sites } from '../door/clusters.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { parseRequestTimeout } from '../flags/request-timeout.ts';
import type { Io } from '../io.ts';
import { reportError } from '../report-error.ts';
import { parseSelection } from '../selection/parse-selection.ts';
import { sitesWithoutNamespace } from './absent-namespace.ts';
import { assessSites, explainGaps } from './assess-sites.ts';
import { gatherLabelled, gatherSites, listSites } from './gather.ts';
import { markSplits } from './mark-splits.ts';
import { parseOutputFormat } from './output-format.ts';
import type { Printable } from './printer.ts';
import { missingNames, selectVolumes } from './selection.ts';
import type { StatusFlags } from './status-flags.ts';
import type { StatusOptions } from './watch-status.ts';

const statusCode = ({ volumes, snapshots }: Printable, flags: StatusFlags): ExitCode => {
  const isBad =
    volumes.some(({ verdict }) => verdict.level === 'error') ||
    snapshots.some(({ objects }) => !objects.known);
  return isBad && !flags['exit-zero'] ? exitCode.degraded : exitCode.ok;
};

/** Says on stderr which names are on no site that could be read, or that there is nothing at all; `without`: no site has the namespace. */
const explainAbsence = (
  { volumes, snapshots }: Printable,
  without: readonly string[],
  { selection, io }: StatusOptions,
): string[] => {
  if (without.length > 0) {
    io.stderr.line(`error: namespace ${selection.namespace} not found on ${without.join(' or ')}`);
    return [...without];
  }
  const missing = missingNames(volumes, selection);
  const where = selection.namespace === undefined ? '' : ` in namespace ${selection.namespace}`;
  const read = snapshots.filter(({ objects }) => objects.known).map(({ site }) => site.name);
  for (const name of missing) io.stderr.line(`error: ${name} not found${where} on ${read.join(' or ')}`);
  if (volumes.length === 0 && missing.length === 0) io.stderr.line(`No protected volumes found${where}.`);
  return missing;
};

/** What a server answers does not say which site it is. */
const ofSite = (error: unknown, site: string): unknown => {
  if (!(error instanceof DrError) || messageOf(error).startsWith(`${site}: `)) return error;
  const { code, hint } = error;
  const message = `${site}: ${messageOf(error)}`;
  return new DrError({ code, message, ...(hint === undefined ? {} : { hint }), cause: error });
};

/** Prints what both sites show now. */
const showOnce = async (sites: Sites, options: StatusOptions): Promise<ExitCode> => {
  const { selection, format, flags, io } = options;
  const [readings, labelled, { createPrinter }] = await Promise.all([
    gatherSites(sites, selection, io.signal),
    gatherLabelled(sites, selection, io.signal),
    // Loaded while the servers think.
    import('./printer.ts'),
  ]);
  const snapshots = readings.map(({ snapshot }) => snapshot);
  if (snapshots.every(({ objects }) => !objects.known)) {
    for (const { error, snapshot } of readings) reportError(ofSite(error, snapshot.site.name), io, flags.v);
    return exitCode.error;
  }
  const now = io.now();
  const assessed = assessSites(snapshots, selection, now);
  const marked = await markSplits(assessed, sites, {
    signal: io.signal,
    onGap: (why) =>
      io.stderr.line(`Warning: whether an application is torn over both sites cannot be told: ${why}`),
  });
  const volumes = selectVolumes(marked, selection, labelled);
  explainGaps(snapshots, io);
  const isText = format.kind === 'table' || format.kind === 'name';
  const printer = createPrinter({ format, flags, io, namespaces: selection.namespace === undefined });
  if (volumes.length > 0 || !isText) await printer.print({ volumes, snapshots }, now);
  const without =
    volumes.length > 0 ? [] : await sitesWithoutNamespace(listSites(sites), selection.namespace, io.signal);
  const missing = explainAbsence({ volumes, snapshots }, without, options);
  return missing.length > 0 ? exitCode.error : statusCode({ volumes, snapshots }, flags);
};

/** `kubectl dr status`. */
export const runStatus = async (flags: StatusFlags, io: Io): Promise<ExitCode> => {
  const format = await parseOutputFormat(flags.output);
  const selectionIn = parseSelection(flags);
  const requestTimeoutMs = parseRequestTimeout(flags['request-timeout']);
  const { openSites, closeSites } = await import('../door/clusters.ts');
  const sites = await openSites({ ...flags, requestTimeoutMs }, io);
  try {
    const selection = selectionIn(sites.here.cluster.defaultNamespace);
    const options = { selection, format, flags, io };
    if (!flags.watch) return await showOnce(sites, options);
    const { watchStatus } = await import('./watch-status.ts');
    return await watchStatus(sites, options);
  } finally {
    closeSites(sites);
  }
};
