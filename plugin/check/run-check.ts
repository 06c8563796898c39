import { fileURLToPath } from 'node:url';
import type { CheckFacts } from '../../core/check/facts.ts';
import { type CheckResult, runChecks } from '../../core/check/run-checks.ts';
import type { SiteSnapshot } from '../../core/status/snapshot.ts';
import { namespacesOnBothSides } from '../../core/status/split-applications.ts';
import type { Sites } from '../door/clusters.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { parseRequestTimeout } from '../flags/request-timeout.ts';
import type { Io } from '../io.ts';
import { createPainter } from '../output/color.ts';
import { parseSelection, type Selection } from '../selection/parse-selection.ts';
import { sitesWithoutNamespace } from '../status/absent-namespace.ts';
import { assessSites } from '../status/assess-sites.ts';
import { gatherLabelled, listSites } from '../status/gather.ts';
import { gatherMounting } from '../status/gather-mounting.ts';
import { type OutputFormat, parseOutputFormat } from '../status/output-format.ts';
import { missingNames, selectVolumes } from '../status/selection.ts';
import { usageError } from '../usage-error.ts';
import { askedClassName } from './ask-guard.ts';
import type { CheckFlags } from './check-flags.ts';
import { findExecutables } from './find-executables.ts';
import { gatherFurther } from './gather-further.ts';
import { gatherSiteFacts } from './gather-site-facts.ts';

/** What `check` was asked for. */
type CheckOptions = {
  readonly selection: Selection;
  readonly format: CheckFormat;
  readonly flags: CheckFlags;
  readonly io: Io;
};

type CheckFormat = Exclude<OutputFormat, { kind: 'name' }>;

/** A dozen lists at once: here more connections are faster. */
const manySockets = 6;

/** In the package: the bundles are as deep in it as this file is. */
const manifests = fileURLToPath(new URL('../../manifests', import.meta.url));

const parseCheckFormat = async (text: string | undefined): Promise<CheckFormat> => {
  const format = await parseOutputFormat(text);
  if (format.kind !== 'name') return format;
  throw usageError(
    'unable to match a printer to the output format "name"',
    'allowed are wide, json, yaml, jsonpath=TEMPLATE',
  );
};

/** Servers may warn of the class that the guard is asked about, and nobody wants to read of it. All else of a process stays as it is. */
const withoutEcho = (io: Io): Io => {
  const { stderr } = io;
  const line = (text: string): void => {
    if (!text.includes(askedClassName)) stderr.line(text);
  };
  return Object.create(io, { stderr: { value: { ...stderr, line, isTerminal: stderr.isTerminal } } });
};

const gatherFacts = async (sites: Sites, { selection, io }: CheckOptions): Promise<CheckFacts> => {
  const scope = { namespace: selection.namespace, signal: io.signal };
  const [siteFacts, labelled, executables] = await Promise.all([
    Promise.all(listSites(sites).map((site) => gatherSiteFacts(site, scope, selection.claims))),
    gatherLabelled(sites, selection, io.signal),
    findExecutables(io.env['PATH']),
  ]);
  const snapshots: SiteSnapshot[] = siteFacts.map(({ site, objects }) => ({ site, objects }));
  const now = io.now();
  const assessed = assessSites(snapshots, selection, now);
  const volumes = selectVolumes(assessed, selection, labelled);
  const namespaces = namespacesOnBothSides(assessed);
  const mounting =
    namespaces.length === 0 ? [] : await gatherMounting(listSites(sites), namespaces, io.signal);
  const read: CheckFacts = {
    sites: siteFacts,
    volumes,
    mounting,
    further: [],
    machine: { ...executables, manifests },
    now,
  };
  return { ...read, further: await gatherFurther(listSites(sites), read, scope) };
};

const print = async (facts: CheckFacts, result: CheckResult, options: CheckOptions): Promise<void> => {
  const { format, flags, io } = options;
  if (format.kind === 'table') {
    if (result.findings.length === 0) return;
    const [{ createTable }, { findingRows }] = await Promise.all([
      import('../output/table.ts'),
      import('./render-findings.ts'),
    ]);
    const paint = createPainter(flags.color, io);
    const view = { wide: format.wide, headings: !flags['no-headers'], paint };
    io.stdout.styled(createTable().format(findingRows(result.findings, view)));
    return;
  }
  const { checkReport } = await import('./check-report.ts');
  const report = checkReport(facts, result);
  if (format.kind === 'jsonpath') {
    io.stdout.write(format.template(report));
    return;
  }
  const { formatDocument } = await import('../output/document.ts');
  io.stdout.write(await formatDocument(report, format.format));
};

/** Says which names are on no site that could be read. */
const tellMissing = ({ sites, volumes }: CheckFacts, { selection, io }: CheckOptions): boolean => {
  const read = sites.filter(({ objects }) => objects.known).map(({ site }) => site.name);
  const missing = read.length === 0 ? [] : missingNames(volumes, selection);
  const where = selection.namespace === undefined ? '' : ` in namespace ${selection.namespace}`;
  for (const name of missing) io.stderr.line(`error: ${name} not found${where} on ${read.join(' or ')}`);
  return missing.length > 0;
};

const nothingRead = ({ sites }: CheckFacts): boolean =>
  sites.every(
    ({ objects, replicationDefinition }) =>
      !objects.known && !(replicationDefinition.known && replicationDefinition.value === undefined),
  );

const codeOf = (facts: CheckFacts, { findings }: CheckResult, flags: CheckFlags): ExitCode => {
  if (nothingRead(facts)) return exitCode.error;
  const isBad = findings.some(({ level }) => level === 'error') && !flags['exit-zero'];
  return isBad ? exitCode.degraded : exitCode.ok;
};

const check = async (sites: Sites, options: CheckOptions): Promise<ExitCode> => {
  const facts = await gatherFacts(sites, options);
  const { selection, io } = options;
  const without =
    facts.volumes.length > 0
      ? []
      : await sitesWithoutNamespace(listSites(sites), selection.namespace, io.signal);
  if (without.length > 0) {
    io.stderr.line(
      `error: namespace ${selection.namespace} not found on ${without.join(' or ')}: nothing was checked`,
    );
    return exitCode.error;
  }
  const result = runChecks(facts);
  await print(facts, result, options);
  const { summaryText } = await import('./tell-summary.ts');
  options.io.stderr.write(summaryText(facts, result));
  return tellMissing(facts, options) ? exitCode.error : codeOf(facts, result, options.flags);
};

/** `kubectl dr check`. */
export const runCheck = async (flags: CheckFlags, io: Io): Promise<ExitCode> => {
  const format = await parseCheckFormat(flags.output);
  const selectionIn = parseSelection(flags);
  const requestTimeoutMs = parseRequestTimeout(flags['request-timeout']);
  const { openSites, closeSites } = await import('../door/clusters.ts');
  const sites = await openSites({ ...flags, requestTimeoutMs, maxSockets: manySockets }, withoutEcho(io));
  try {
    const selection = selectionIn(sites.here.cluster.defaultNamespace);
    return await check(sites, { selection, format, flags, io });
  } finally {
    closeSites(sites);
  }
};
