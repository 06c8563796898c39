import pLimit from 'p-limit';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { warningsOfManagers } from '../../core/protection/managers-of-replication.ts';
import type { ReplicationKey } from '../../core/step/decision.ts';
import { describeStep } from '../../core/step/step-facts.ts';
import type { Sites } from '../door/clusters.ts';
import { followUntil } from '../door/follow-until.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { parseRequestTimeout } from '../flags/request-timeout.ts';
import type { Io } from '../io.ts';
import { exitCodeOf, type Outcome } from '../progress/outcome.ts';
import { createReporter } from '../progress/reporter.ts';
import { actOnVolume } from './act-on-volume.ts';
import { askForAll, type Consents, isWrite, needOf, type Written } from './ask-for-all.ts';
import type { Followers } from './await-step.ts';
import { gatherHere, gatherThere } from './gather-pair.ts';
import { parseStepFlags } from './parse-step-flags.ts';
import { findLabelled, parseStepSelection, selectedClaims } from './select-claims.ts';
import type { StepFlags } from './step-flags.ts';
import { keyThereOf, type Planned, type StepRun, tell } from './step-run.ts';
import type { Verb } from './verb.ts';
import { warnOfProtect } from './warn-of-protect.ts';

/** Tells everything that stands against the step of one volume. */
const refuse = (run: StepRun, { facts, decision }: Planned): Outcome => {
  if (decision.kind !== 'refuse') return 'Unchanged';
  const type = decision.isRule ? 'Refused' : 'Failed';
  for (const { code, message, next } of decision.obstacles)
    tell(run, facts.key, { type, code, message, next });
  return type;
};

const planAll = async (run: StepRun, flags: StepFlags): Promise<readonly Planned[]> => {
  const { sites, verb, io } = run;
  const { signal } = io;
  const selection = parseStepSelection(flags)(sites.here.cluster.defaultNamespace);
  const labelled = await findLabelled(sites.here, selection, signal);
  const namespaces = [...new Set(labelled?.map(({ namespace }) => namespace) ?? [selection.namespace ?? ''])];
  const scope = { namespaces, withUsers: verb.needsUsers, signal };
  const [view, there] = await Promise.all([
    gatherHere(sites.here, scope),
    sites.there && gatherThere(sites.there, scope),
  ]);
  const pair = { here: { site: sites.here, view }, there };
  const { yes, accepted, besidePrimary } = run.options.consent;
  const decideBy = {
    className: flags.class,
    now: io.now(),
    acceptsLoss: yes && accepted === 'unknown',
    besidePrimary,
  };
  return selectedClaims(view, selection, labelled).map((key) => {
    const facts = describeStep(pair, key);
    return { facts, decision: verb.decide(facts, decideBy) };
  });
};

const tellDenied = (run: StepRun, { facts, decision }: Written, why: string): Outcome => {
  const need = needOf({ facts, decision }, run.options);
  const [first] = need?.obstacles ?? [];
  const fact = first === undefined ? `it would lose ${need?.loses}; ` : `${first.message}; `;
  const code = first?.code ?? 'ConsentNeeded';
  tell(run, facts.key, { type: 'Refused', code, message: `${fact}${why}` });
  return 'Refused';
};

/** Of the replications here, and of those on the other site: a claim may have another namespace there. */
const namespacesOf = (keys: readonly (ReplicationKey | undefined)[]): string[] => [
  ...new Set(keys.flatMap((key) => key?.namespace ?? [])),
];

const followAll = (run: StepRun, planned: readonly Planned[], signal: AbortSignal): Followers => {
  const { sites } = run;
  const follow = (site: Sites['here'], keys: readonly (ReplicationKey | undefined)[]) =>
    followUntil<VolumeReplication>(site, resources.volumeReplications, {
      namespaces: namespacesOf(keys),
      signal,
    });
  const looksThere = planned.some((it) => isWrite(it) && it.decision.handOver !== undefined);
  return {
    here: follow(
      sites.here,
      planned.map(({ decision }) => ('key' in decision ? decision.key : undefined)),
    ),
    there: looksThere && sites.there !== undefined ? follow(sites.there, planned.map(keyThereOf)) : undefined,
  };
};

const isRefused = ({ decision }: Planned): boolean => decision.kind === 'refuse';

/** Acts on all volumes that nothing stands against, side by side. */
const actOnAll = async (
  run: StepRun,
  planned: readonly Planned[],
  consents: Consents,
): Promise<readonly Outcome[]> => {
  const { options, io } = run;
  if (options.dryRun === 'none') io.outliveReader();
  const ending = new AbortController();
  const followers = followAll(run, planned, AbortSignal.any([io.signal, ending.signal]));
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const limit = pLimit(options.parallel);
  const actOn = (it: Planned): Promise<Outcome> | Outcome => {
    const key = claimKeyText(it.facts.key);
    const denial = consents.denials.get(key);
    if (isWrite(it) && denial !== undefined) return tellDenied(run, it, denial);
    const stages = run.verb.stages(it.facts);
    return limit(() =>
      actOnVolume(run, it, { stages, followers, consent: consents.texts.get(key), deadline }),
    );
  };
  try {
    return await Promise.all(planned.map(actOn));
  } finally {
    ending.abort();
  }
};

/** Whoever else says what it asks for does so again: told before it is written, and nothing is refused for that. */
const warnOfManagers = (run: StepRun, it: Planned): void => {
  const { protectors, key, here } = it.facts;
  if (!isWrite(it) || !protectors.known) return;
  for (const message of protectors.value.flatMap((own) => warningsOfManagers(own, here.name)))
    tell(run, key, { type: 'Warning', message });
};

/** Tells first what stands against which volume, then asks what may be lost of the others, then acts on them. */
const takeStep = async (run: StepRun, flags: StepFlags): Promise<readonly Outcome[]> => {
  const first = await planAll(run, flags);
  const refusedAtOnce = first.filter(isRefused).map((it) => refuse(run, it));
  const open = first.filter((it) => !isRefused(it));
  const asked = await askForAll(run, open, () => planAll(run, flags));
  const refusedMeanwhile = asked.planned.filter(isRefused).map((it) => refuse(run, it));
  const rest = asked.planned.filter((it) => !isRefused(it));
  for (const it of rest) warnOfManagers(run, it);
  if (run.verb.name === 'protect') await warnOfProtect(run, rest);
  return [...refusedAtOnce, ...refusedMeanwhile, ...(await actOnAll(run, rest, asked.consents))];
};

const warnWithoutPeer = ({ sites, verb, io }: StepRun): void => {
  if (sites.there !== undefined || verb.name === 'unprotect') return;
  io.stderr.line(
    'Warning: DR305: no other site is known, so that nobody can ask it; name it with --peer-context',
  );
};

/** Takes the volumes of some claims one step further on one site, and waits until it is seen. */
export const runStep = async (verb: Verb, flags: StepFlags, io: Io): Promise<ExitCode> => {
  const options = parseStepFlags(flags);
  parseStepSelection(flags);
  const requestTimeoutMs = parseRequestTimeout(flags['request-timeout']);
  const { openSites, closeSites } = await import('../door/clusters.ts');
  const sites = await openSites({ ...flags, requestTimeoutMs, maxSockets: options.parallel }, io);
  const output = flags.output ?? 'text';
  const run: StepRun = {
    verb,
    sites,
    options,
    reporter: createReporter({ verb: verb.name, output, io }),
    io,
  };
  try {
    warnWithoutPeer(run);
    const outcomes = await takeStep(run, flags);
    if (flags.v >= 1) io.stderr.line(`${sites.requestCount()} API requests`);
    return io.signal.aborted ? exitCode.interrupted : exitCodeOf(outcomes);
  } finally {
    closeSites(sites);
  }
};
