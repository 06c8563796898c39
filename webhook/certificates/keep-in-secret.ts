import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { isAlreadyExists, isConflict } from '../../kube/api-error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { informerBackoff, startInformer } from '../../kube/informer.ts';
import { registrationKeys } from '../registration/registration.ts';
import type { CertificateLog } from './certificate-log.ts';
import type { CertificateNames } from './certificate-names.ts';
import { checkBundle, followSecret, nothingFollowed, whyNothingServed } from './follow-secret.ts';
import { type LeaderMemory, leadCertificates } from './lead-certificates.ts';
import { type Election, type ElectionTimes, takePart } from './leadership.ts';
import { lifetimes } from './rotation.ts';
import type { ServedCertificates } from './served-certificates.ts';
import { checkServed, createLeafHolder } from './served-leaf.ts';
import { readStored, secretName } from './stored-certificates.ts';
import { createWakeUp, type WakeUp } from './wake-up.ts';

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

/** What every source of certificates works with. */
export type KeepOptions = {
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: CertificateLog;
  /** How often all is looked at without an event; by the wall clock it is late only by this after a suspend. */
  readonly pollMs?: number | undefined;
};

const defaultPollMs = 30_000;
/** Events that come together are looked at together. */
const gatherMs = 50;
/** Where somebody else keeps writing the bundles, too, each of us waits. */
const calmInjections = 5;
const fightPauseMs = 5_000;
const fightWindowMs = 60_000;

/** Wakes up at each change of the Secret and of the registrations; nothing of them is kept but their names. */
const watchAll = (
  source: SecretSource,
  { signal, now, random, log }: KeepOptions,
  wake: () => void,
): void => {
  const { cluster, namespace } = source;
  const watched: { resource: Resource; name: string; namespace?: string }[] = [
    { resource: resources.secrets, name: secretName, namespace },
    ...Object.values(registrationKeys),
  ];
  for (const { resource, name, namespace: of } of watched) {
    startInformer<KubernetesObject>({
      cluster,
      resource,
      namespace: of,
      fieldSelector: `metadata.name=${name}`,
      transform: ({ metadata: { name: named = name, resourceVersion = '', uid = '' } }) => ({
        metadata: { name: named, resourceVersion, uid, ...(of && { namespace: of }) },
      }),
      onChange: wake,
      signal,
      now,
      random,
      log,
    });
  }
};

type Keeper = {
  readonly source: SecretSource;
  readonly options: KeepOptions;
  readonly election: Election;
  readonly holder: ReturnType<typeof createLeafHolder>;
  readonly memory: LeaderMemory;
  followed: typeof nothingFollowed;
  /** Why the last pass failed; undefined where it did not. */
  failure: string | undefined;
  /** When bundles were written lately. */
  injections: number[];
};

const lead = async (keeper: Keeper, stored: Awaited<ReturnType<typeof readStored>>) => {
  const { source, options, election, memory } = keeper;
  if (!election.isLeader()) return stored;
  const led = await leadCertificates(stored, { ...source, ...options, isLeader: election.isLeader, memory });
  const now = options.now();
  if (led.injected > 0) keeper.injections.push(now);
  keeper.injections = keeper.injections.filter((at) => at <= now && now - at < fightWindowMs);
  return led;
};

/** Reads, leads where that is ours, follows; answers after how many milliseconds to do so again without any news. */
const pass = async (keeper: Keeper): Promise<number> => {
  const { source, options, holder, memory } = keeper;
  const { namespace, cluster } = source;
  const stored = await lead(keeper, await readStored(cluster, namespace, options.signal));
  const served = holder.current();
  keeper.followed = followSecret(stored, keeper.followed, { holder, namespace, now: options.now() });
  const leaf = holder.current();
  if (leaf !== undefined && leaf !== served) {
    const notAfter = new Date(leaf.notAfter).toISOString();
    options.log.info({ notAfter, phase: keeper.followed.phase }, 'Serving another certificate');
  }
  const pollMs = options.pollMs ?? defaultPollMs;
  const { leaf: storedLeaf } = keeper.followed;
  const isSettling = memory.seenSince !== undefined || (storedLeaf !== '' && storedLeaf !== leaf?.cert);
  return isSettling ? Math.min(pollMs, lifetimes.settleMs / 4) : pollMs;
};

const isTaken = (thrown: unknown): boolean => isConflict(thrown) || isAlreadyExists(thrown);

const passOn = async (keeper: Keeper, failures: number): Promise<{ failures: number; pauseMs: number }> => {
  const { signal, log, random } = keeper.options;
  try {
    const pauseMs = await pass(keeper);
    keeper.failure = undefined;
    return { failures: 0, pauseMs };
  } catch (thrown) {
    if (signal.aborted) return { failures, pauseMs: 0 };
    const error = messageOf(thrown);
    if (isTaken(thrown)) {
      // Somebody was quicker: what they wrote may be just right.
      log.debug({ error }, 'Certificates changed meanwhile, looking again');
      return { failures, pauseMs: gatherMs };
    }
    keeper.failure = error;
    log.warn({ error, failures }, 'Certificates could not be looked after, trying again');
    return { failures: failures + 1, pauseMs: informerBackoff(failures + 1, random) };
  }
};

const run = async (keeper: Keeper, waker: WakeUp, calm: WakeUp): Promise<void> => {
  const { signal } = keeper.options;
  let failures = 0;
  while (!signal.aborted) {
    const outcome = await passOn(keeper, failures);
    failures = outcome.failures;
    await waker.sleep(outcome.pauseMs);
    await calm.sleep(keeper.injections.length > calmInjections ? fightPauseMs : gatherMs);
  }
};

const remarksOf = ({ followed, failure, injections }: Keeper): string[] => [
  ...followed.missing.map((object) => `${object} does not exist`),
  ...(failure === undefined ? [] : [`the last look at certificates failed: ${failure}`]),
  ...(injections.length > calmInjections
    ? ['somebody else keeps changing the CA bundle of a registration']
    : []),
];

/**
 * Certificates of our own making, kept in a Secret that all replicas share. One replica leads: it makes, rotates and injects. All
 * read the Secret and the registrations at each change and at each poll, live, and show the stored leaf once the bundles that the
 * registrations carry verify it.
 */
export const keepInSecret = (source: SecretSource, options: KeepOptions): ServedCertificates => {
  const waker = createWakeUp(options.signal);
  const { wake } = waker;
  const holder = createLeafHolder();
  const keeper: Keeper = {
    source,
    options,
    holder,
    election: takePart({ ...source, ...options, onChange: wake, times: source.electionTimes }),
    memory: { next: '', seenSince: undefined },
    followed: nothingFollowed,
    failure: undefined,
    injections: [],
  };
  watchAll(source, options, wake);
  const running = run(keeper, waker, createWakeUp(options.signal));
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
