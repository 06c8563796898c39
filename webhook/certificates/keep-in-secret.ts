import { messageOf } from '../../core/model/error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { informerBackoff } from '../../kube/informer.ts';
import type { CertificateNames } from './certificate-names.ts';
import {
  checkBundle,
  type Followed,
  followSecret,
  nothingFollowed,
  whyNothingServed,
} from './follow-secret.ts';
import { defaultPollMs, type KeepOptions } from './keep-options.ts';
import { type LeaderMemory, leadCertificates, nothingSeen } from './lead-certificates.ts';
import { type Election, type ElectionTimes, takePart } from './leadership.ts';
import { lifetimes } from './rotation.ts';
import type { ServedCertificates } from './served-certificates.ts';
import { checkServed, createLeafHolder, type LeafHolder } from './served-leaf.ts';
import { readStored, type Stored, wasChangedMeanwhile } from './stored-certificates.ts';
import { createWakeUp } from './wake-up.ts';
import { watchStored } from './watch-stored.ts';

/** What keeps certificates in the Secret: the cluster, and who we are there. */
export type SecretSource = {
  readonly kind: 'secret';
  readonly cluster: Cluster;
  /** Of the Secret and the Lease. */
  readonly namespace: string;
  readonly names: CertificateNames;
  /** Of this process in the election; undefined: it is the only one, and leads. */
  readonly identity: string | undefined;
  readonly electionTimes?: ElectionTimes | undefined;
};

/** Events that come together are looked at together. */
const gatherMs = 50;
/** So many times a minute we put a bundle back at once; against somebody who goes on writing it, with pauses. */
const calmInjections = 5;
const fightPauseMs = 5_000;
const fightWindowMs = 60_000;

type Keeper = {
  readonly source: SecretSource;
  readonly options: KeepOptions & { readonly elapsed: () => number };
  readonly election: Election;
  readonly holder: LeafHolder;
  memory: LeaderMemory;
  followed: Followed;
  /** Why the last pass failed; undefined where it did not. */
  failure: string | undefined;
  /** When (see `elapsed`) bundles were written lately. */
  injections: number[];
};

const lead = async (keeper: Keeper, stored: Stored): Promise<Stored> => {
  const { source, options, election, memory } = keeper;
  if (!election.isLeader()) {
    keeper.memory = nothingSeen;
    return stored;
  }
  const led = await leadCertificates(stored, memory, {
    ...source,
    ...options,
    isLeader: election.isLeader,
  });
  keeper.memory = led.memory;
  const at = options.elapsed();
  if (led.injected > 0) keeper.injections.push(at);
  keeper.injections = keeper.injections.filter((earlier) => at - earlier < fightWindowMs);
  return led;
};

const follow = (keeper: Keeper, stored: Stored): void => {
  const { source, options, holder } = keeper;
  const before = holder.current();
  keeper.followed = followSecret(stored, keeper.followed, {
    holder,
    namespace: source.namespace,
    now: options.now(),
    elapsed: options.elapsed(),
  });
  const leaf = holder.current();
  if (leaf === undefined || leaf === before) return;
  const notAfter = new Date(leaf.notAfter).toISOString();
  options.log.info({ notAfter, phase: keeper.followed.phase }, 'Served another certificate');
};

/** Reads, leads where that is ours, follows; answers after how many milliseconds to do so again without any news. */
const pass = async (keeper: Keeper): Promise<number> => {
  const { source, options, holder } = keeper;
  follow(keeper, await lead(keeper, await readStored(source.cluster, source.namespace, options.signal)));
  const pollMs = options.pollMs ?? defaultPollMs;
  const { leaf } = keeper.followed;
  const isSettling =
    keeper.memory.seenSince !== undefined || (leaf !== '' && leaf !== holder.current()?.cert);
  return isSettling ? Math.min(pollMs, lifetimes.settleMs / 4) : pollMs;
};

type Outcome = { readonly failures: number; readonly pauseMs: number };

const passOn = async (keeper: Keeper, failures: number): Promise<Outcome> => {
  const { signal, log, random } = keeper.options;
  try {
    const pauseMs = await pass(keeper);
    keeper.failure = undefined;
    return { failures: 0, pauseMs };
  } catch (thrown) {
    if (signal.aborted) return { failures, pauseMs: 0 };
    const error = messageOf(thrown);
    // Nothing was seen meanwhile, so nothing counts as seen without a gap.
    keeper.memory = nothingSeen;
    keeper.followed = { ...keeper.followed, trustedSince: undefined };
    if (wasChangedMeanwhile(thrown)) {
      // Somebody was quicker: what they wrote may be just right.
      log.debug({ error }, 'Certificates changed meanwhile, looking again');
      return { failures, pauseMs: gatherMs };
    }
    keeper.failure = error;
    log.warn({ error, failures }, 'Certificates could not be looked after, trying again');
    return { failures: failures + 1, pauseMs: informerBackoff(failures + 1, random) };
  }
};

const isFighting = ({ injections }: Keeper): boolean => injections.length > calmInjections;

const run = async (keeper: Keeper, sleep: (ms: number) => Promise<void>): Promise<void> => {
  const { signal } = keeper.options;
  const pause = createWakeUp(signal);
  let outcome: Outcome = { failures: 0, pauseMs: 0 };
  while (!signal.aborted) {
    outcome = await passOn(keeper, outcome.failures);
    await sleep(outcome.pauseMs);
    await pause.sleep(isFighting(keeper) ? fightPauseMs : gatherMs);
  }
};

const remarksOf = (keeper: Keeper): string[] => [
  ...keeper.followed.missing.map((object) => `${object} does not exist`),
  ...(keeper.failure === undefined ? [] : [`the last look at certificates failed: ${keeper.failure}`]),
  ...(isFighting(keeper) ? ['somebody else keeps changing the CA bundle of a registration'] : []),
];

/**
 * Certificates of our own making, kept in a Secret that all replicas share. One replica leads: it makes, rotates and injects. All
 * read the Secret and the registrations at each change and at each poll, live, and show the stored leaf once the bundles that the
 * registrations carry verify it.
 */
export const keepInSecret = (source: SecretSource, given: KeepOptions): ServedCertificates => {
  const options = { ...given, elapsed: given.elapsed ?? (() => performance.now()) };
  const { wake, sleep } = createWakeUp(options.signal);
  const holder = createLeafHolder();
  const keeper: Keeper = {
    source,
    options,
    holder,
    election: takePart({ ...source, ...options, onChange: wake, times: source.electionTimes }),
    memory: nothingSeen,
    followed: nothingFollowed,
    failure: undefined,
    injections: [],
  };
  watchStored(source, options, wake);
  const running = run(keeper, sleep);
  return {
    current: holder.current,
    onChange: holder.onChange,
    refresh: wake,
    state: () => ({
      certificate: checkServed(holder.current(), options.now(), whyNothingServed(keeper.followed)),
      bundle: checkBundle(keeper.followed, holder.current()),
      phase: keeper.followed.phase,
      isLeader: keeper.election.isLeader(),
      remarks: remarksOf(keeper),
    }),
    ended: Promise.all([running, keeper.election.ended]).then(() => undefined),
  };
};
