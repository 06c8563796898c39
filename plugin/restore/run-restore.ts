import type { Site } from '../door/clusters.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { exitCodeOf } from '../progress/outcome.ts';
import { createReporter } from '../progress/reporter.ts';
import { usageError } from '../usage-error.ts';
import { type DecidedRestore, decideRestore } from './decide-restore.ts';
import { executePlan } from './execute-plan.ts';
import { readClusterUid } from './gather-target.ts';
import { promoteCommands } from './next-commands.ts';
import { openTarget } from './open-target.ts';
import { parseRestoreFlags, type RestoreRequest } from './parse-restore-flags.ts';
import { planDocument } from './print-plan.ts';
import { type ChosenSource, readChosen } from './read-chosen.ts';
import { readTransforms } from './read-transforms.ts';
import type { RestoreFlags } from './restore-flags.ts';
import type { RestoreRun } from './restore-run.ts';
import { createTeller, type Teller, tellConflicts } from './tell.ts';
import { tellLeftOut } from './tell-left-out.ts';
import { tellPlan, tryPlan } from './try-plan.ts';

/** From this verbosity on, the number of requests is told. */
const countFrom = 1;

type Start = {
  readonly site: Site;
  readonly flags: RestoreFlags;
  readonly request: RestoreRequest;
  readonly io: Io;
};

/** Reads sources and target and decides. Nothing is written. */
const prepare = async ({ site, flags, request, io }: Start) => {
  const { transform } = flags;
  const rules = transform === undefined ? [] : await readTransforms(transform, io.signal);
  const clusterUid = await readClusterUid(site, io.signal);
  const source = await readChosen(
    flags.source,
    { selection: request.selection, withWorkloads: flags['with-workloads'] ?? false },
    {
      io,
      whyNot: (index) =>
        clusterUid.known && index.source.clusterUid === clusterUid.value
          ? `it was taken of ${site.name} itself`
          : undefined,
    },
  );
  for (const remark of source.remarks) io.stderr.line(remark);
  const decided = await decideRestore(source, request, { site, clusterUid, rules, signal: io.signal });
  return { source, decided };
};

const printDocument = async (
  { plan, leftOut }: DecidedRestore,
  { index }: ChosenSource,
  { site, io }: Start,
): Promise<ExitCode> => {
  const { formatDocument } = await import('../output/document.ts');
  const around = { target: site.name, source: index?.source.site ?? null, leftOut };
  io.stdout.write(await formatDocument(planDocument(plan, around), 'json'));
  return plan.conflicts.length > 0 ? exitCode.error : exitCode.ok;
};

/** Does it, and says what comes next. */
const act = async (run: RestoreRun, teller: Teller): Promise<ExitCode> => {
  const isComplete = await executePlan(run, teller);
  const code = exitCodeOf(teller.outcomes);
  const { volumes } = run.wanted;
  if (!isComplete || volumes.length === 0) return code;
  const next = promoteCommands(volumes, run.site);
  run.reporter.report({
    type: 'Done',
    site: run.site.name,
    message: `has ${volumes.length === 1 ? '1 volume' : `${volumes.length} volumes`} restored`,
    next: next.join('; '),
  });
  return code;
};

const follow = async (start: Start): Promise<ExitCode> => {
  const { site, request, io } = start;
  const { source, decided } = await prepare(start);
  const { plan, leftOut, ...facts } = decided;
  if (request.dryRun === 'client' && request.output === 'json') return printDocument(decided, source, start);
  const reporter = createReporter({ verb: 'restore', output: request.output, io });
  const teller = createTeller(site.name, reporter);
  tellLeftOut(leftOut, io);
  for (const warning of plan.warnings) teller.warn(warning);
  if (plan.conflicts.length > 0) {
    tellConflicts(plan.conflicts, site.name, reporter);
    return exitCode.error;
  }
  const run: RestoreRun = { site, plan, request, reporter, io, ...facts };
  if (request.dryRun === 'none') {
    io.outliveReader();
    return act(run, teller);
  }
  if (request.dryRun === 'client') tellPlan(plan, teller);
  else await tryPlan(run, teller);
  return exitCodeOf(teller.outcomes);
};

/** `kubectl dr restore`. */
export const runRestore = async (flags: RestoreFlags, io: Io): Promise<ExitCode> => {
  const request = parseRestoreFlags(flags);
  if ((flags.source ?? []).length === 0)
    throw usageError('an argument is missing: SOURCE', 'give a backup, a directory of backups, or manifests');
  const { target: site, sites } = await openTarget(flags, request, io);
  const { closeSites } = await import('../door/clusters.ts');
  try {
    return await follow({ site, flags, request, io });
  } finally {
    if (flags.v >= countFrom) io.stderr.line(`${sites.requestCount()} requests`);
    closeSites(sites);
  }
};
