import { DrError } from '../../core/model/error.ts';
import { mergeRecords, type Operation } from '../../core/operation/read-record.ts';
import type { Sites } from '../door/clusters.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { parseRequestTimeout } from '../flags/request-timeout.ts';
import type { Io } from '../io.ts';
import { reportError } from '../report-error.ts';
import { listSites } from '../status/gather.ts';
import { type OutputFormat, parseOutputFormat } from '../status/output-format.ts';
import { gatherRecords, type SiteHistory } from './gather-records.ts';
import type { HistoryFlags } from './history-flags.ts';
import { parseOperationName } from './parse-operation-name.ts';

/** What `history` was asked for. */
type HistoryOptions = {
  readonly format: OutputFormat;
  readonly flags: HistoryFlags;
  /** Undefined: all. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly io: Io;
};

/** Says on stderr what a reader should know beside what is shown. */
const explainGaps = (histories: readonly SiteHistory[], { stderr }: Io): void => {
  const [here, there] = histories;
  if (here !== undefined && there === undefined)
    stderr.line(
      `Note: no peer of ${here.site.name} is known, so this is one site only; name the other with --peer-context`,
    );
  for (const { site, records, error } of histories) {
    if (records.known) continue;
    const hint = error instanceof DrError && error.hint !== undefined ? `; ${error.hint}` : '';
    stderr.line(
      `Warning: ${site.name}: ${records.why}; operations that only ${site.name} knows are not shown${hint}`,
    );
  }
};

/** Says on stderr that there is nothing. A name that was asked for and is nowhere is an error. */
const explainAbsence = (
  operations: readonly Operation[],
  histories: readonly SiteHistory[],
  { namespace, name, io }: HistoryOptions,
): ExitCode => {
  if (operations.length > 0) return exitCode.ok;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  if (name === undefined) {
    io.stderr.line(`No operations found${where}.`);
    return exitCode.ok;
  }
  const read = histories.filter(({ records }) => records.known).map(({ site }) => site.name);
  io.stderr.line(`error: operations "${name}" not found${where} on ${read.join(' or ')}`);
  return exitCode.error;
};

const show = async (sites: Sites, options: HistoryOptions): Promise<ExitCode> => {
  const { format, flags, namespace, name, io } = options;
  const scope = { namespace, name, signal: io.signal };
  const [histories, { printHistory }] = await Promise.all([
    Promise.all(listSites(sites).map((site) => gatherRecords(site, scope))),
    // Loaded while the servers think.
    import('./print-history.ts'),
  ]);
  if (histories.every(({ records }) => !records.known)) {
    for (const { error } of histories) reportError(error, io, flags.v);
    return exitCode.error;
  }
  const operations = mergeRecords(
    histories.map(({ site, records }) => ({ site, records: records.known ? records.value : [] })),
  );
  explainGaps(histories, io);
  await printHistory(operations, histories, {
    format,
    flags,
    inFull: name !== undefined,
    namespaces: namespace === undefined,
    io,
  });
  return explainAbsence(operations, histories, options);
};

/** `kubectl dr history`. */
export const runHistory = async (flags: HistoryFlags, io: Io): Promise<ExitCode> => {
  const format = await parseOutputFormat(flags.output);
  const name = flags.name === undefined ? undefined : parseOperationName(flags.name);
  const requestTimeoutMs = parseRequestTimeout(flags['request-timeout']);
  const { openSites, closeSites } = await import('../door/clusters.ts');
  const sites = await openSites({ ...flags, requestTimeoutMs }, io);
  try {
    const namespace = flags['all-namespaces']
      ? undefined
      : flags.namespace || sites.here.cluster.defaultNamespace;
    return await show(sites, { format, flags, namespace, name, io });
  } finally {
    closeSites(sites);
  }
};
