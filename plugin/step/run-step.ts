import pLimit from 'p-limit';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { type ClaimKey, claimKeyText } from '../../core/protection/claims-of-volume.ts';
import type { ListedSite } from '../../core/protection/view-lists.ts';
import type { ConsentNeed, Decision, ReplicationKey } from '../../core/step/decision.ts';
import { describeStep } from '../../core/step/step-facts.ts';
import { askConsent, type ConsentAnswers } from '../consent/ask-consent.ts';
import { consentText } from '../consent/consent-text.ts';
import { whoConsents } from '../consent/who-consents.ts';
import type { Sites } from '../door/clusters.ts';
import { followUntil } from '../door/follow-until.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { parseRequestTimeout } from '../flags/request-timeout.ts';
import type { Io } from '../io.ts';
import { exitCodeOf, type Outcome } from '../progress/outcome.ts';
import { createReporter } from '../progress/reporter.ts';
import { actOnVolume } from './act-on-volume.ts';
import type { Followers } from './await-step.ts';
import { gatherHere, gatherThere } from './gather-pair.ts';
import { parseStepFlags, type StepOptions } from './parse-step-flags.ts';
import { findLabelled, parseStepSelection, selectedClaims } from './select-claims.ts';
import type { StepFlags } from './step-flags.ts';
import { keyThereOf, type Planned, type StepRun, tell } from './step-run.ts';
import type { Verb } from './verb.ts';

type Written = Planned & { readonly decision: Extract<Decision, { kind: 'write' }> };

const refuse = (run: StepRun, key: ClaimKey, decision: Extract<Decision, { kind: 'refuse' }>): Outcome => {
  const type = decision.isRule ? 'Refused' : 'Failed';
  for (const { code, message, next } of decision.obstacles) tell(run, key, { type, code, message, next });
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
  const now = io.now();
  return selectedClaims(view, selection, labelled).map((key) => {
    const facts = describeStep(pair, key);
    return { facts, decision: verb.decide(facts, { className: flags.class, now }) };
  });
};

const isWrite = (planned: Planned): planned is Written => planned.decision.kind === 'write';

/** What may be lost: what has to be accepted, and what may be accepted beforehand instead of being waited for. */
const needOf = (
  { decision }: Written,
  { consent: { yes, accepted } }: StepOptions,
): ConsentNeed | undefined =>
  decision.consent ?? (yes && accepted !== undefined ? decision.handOver : undefined);

/** Asks once for all volumes of which something may be lost. */
const askForAll = async (run: StepRun, planned: readonly Planned[]): Promise<ConsentAnswers> => {
  const { verb, sites, options, io } = run;
  const items = planned.filter(isWrite).flatMap((it) => {
    const need = needOf(it, options);
    return need === undefined ? [] : [{ key: it.facts.key, need }];
  });
  const isTold = options.consent.yes && options.consent.accepted !== undefined;
  const isAsked = options.dryRun === 'none' || (options.dryRun === 'server' && isTold);
  if (items.length === 0 || !isAsked) return new Map();
  return askConsent({ siteName: sites.here.name, what: verb.consequence, items }, options.consent, io);
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

/** The texts of the consents that were given, by claim. */
const writeConsents = async (
  run: StepRun,
  planned: readonly Planned[],
  answers: ConsentAnswers,
): Promise<ReadonlyMap<string, string>> => {
  const granted = planned.filter(isWrite).flatMap((it) => {
    const answer = answers.get(claimKeyText(it.facts.key));
    const action = needOf(it, run.options)?.annotation;
    return answer?.granted && action !== undefined ? [{ key: it.facts.key, action, answer }] : [];
  });
  if (granted.length === 0) return new Map();
  const { sites, options, io } = run;
  const by = await whoConsents(sites.here, io.signal);
  const { reason } = options.consent;
  return new Map(
    granted.map(({ key, action, answer }) => [
      claimKeyText(key),
      consentText({ action, maxLoss: answer.maxLoss, by, reason }, io.now()),
    ]),
  );
};

const actOnAll = async (run: StepRun, planned: readonly Planned[], site: ListedSite): Promise<Outcome[]> => {
  const { options, io } = run;
  const answers = await askForAll(run, planned);
  const consents = await writeConsents(run, planned, answers);
  const ending = new AbortController();
  const followers = followAll(run, planned, AbortSignal.any([io.signal, ending.signal]));
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const limit = pLimit(options.parallel);
  const stages = run.verb.stages(site);
  const actOn = (it: Planned): Promise<Outcome> | Outcome => {
    const { key } = it.facts;
    if (it.decision.kind === 'refuse') return refuse(run, key, it.decision);
    const answer = answers.get(claimKeyText(key));
    if (isWrite(it) && answer?.granted === false) return tellDenied(run, it, answer.why);
    return limit(() =>
      actOnVolume(run, it, { stages, followers, consent: consents.get(claimKeyText(key)), deadline }),
    );
  };
  try {
    return await Promise.all(planned.map(actOn));
  } finally {
    ending.abort();
  }
};

const warnWithoutPeer = ({ sites, verb, io }: StepRun): void => {
  if (sites.there !== undefined || verb.name === 'unprotect') return;
  io.stderr.write(
    'Warning: DR305: no other site is known, so that nobody can ask it; name it with --peer-context\n',
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
    const planned = await planAll(run, flags);
    const [first] = planned;
    if (first === undefined) return exitCode.ok;
    const outcomes = await actOnAll(run, planned, first.facts.site);
    if (flags.v >= 1) io.stderr.write(`${sites.requestCount()} API requests for ${planned.length} volumes\n`);
    return io.signal.aborted ? exitCode.interrupted : exitCodeOf(outcomes);
  } finally {
    closeSites(sites);
  }
};
