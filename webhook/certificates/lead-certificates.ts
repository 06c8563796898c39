import type { Cluster } from '../../kube/cluster.ts';
import { bundlePatches, bundlesIn, publishedIn, type Registration } from './ca-bundle.ts';
import type { CertificateLog } from './certificate-log.ts';
import type { CertificateNames } from './certificate-names.ts';
import { bundleOf, type CertificateSet, readCertificateSet, type Secret } from './certificate-set.ts';
import { carriesNames, certificatesIn, lifeOf } from './read-certificate.ts';
import { countSince, nextRotationStep, type RotationFacts } from './rotation.ts';
import type { KeyMaker } from './sign-certificate.ts';
import { readStored, type Stored, writeBundle, writeSecret } from './stored-certificates.ts';
import { takeRotationStep } from './take-rotation-step.ts';

/** What the leader remembers between two passes: since when (see `elapsed`) each registration carries the next authority. */
export type LeaderMemory = { readonly next: string; readonly seenSince: number | undefined };

/** The memory of a leader that has only just become one. */
export const nothingSeen: LeaderMemory = { next: '', seenSince: undefined };

/** What the leader works with. */
export type LeaderOptions = {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly names: CertificateNames;
  /** Asked again right before each write: making keys takes a while. */
  readonly isLeader: () => boolean;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsed: () => number;
  readonly log: CertificateLog;
  readonly makeKeys?: KeyMaker | undefined;
};

/** What the cluster holds after a pass of the leader. */
export type Led = Stored & { readonly memory: LeaderMemory; readonly injected: number };

/** Starting over, a leaf and a step of the rotation can be due at once; more at once would be a mistake of ours. */
const mostSteps = 4;

const setIn = (secret: Secret | undefined): CertificateSet | undefined => {
  const set = secret === undefined ? 'there is none' : readCertificateSet(secret);
  return typeof set === 'string' ? undefined : set;
};

const carriesNext = ({ next }: CertificateSet, registrations: readonly Registration[]): boolean => {
  const [wanted] = certificatesIn(next?.certificate ?? '');
  const bundles = bundlesIn(registrations);
  return (
    wanted !== undefined &&
    bundles.length > 0 &&
    bundles.every((bundle) => certificatesIn(bundle).includes(wanted))
  );
};

const noteNext = (memory: LeaderMemory, { secret, registrations }: Stored, elapsed: number): LeaderMemory => {
  const set = setIn(secret);
  const next = set?.next?.certificate ?? '';
  const since = memory.next === next ? memory.seenSince : undefined;
  const isSeen = set !== undefined && carriesNext(set, registrations);
  return { next, seenSince: countSince(since, isSeen, elapsed) };
};

/** A set in the terms of the rotation's decision. */
const factsOf = (
  set: CertificateSet | undefined,
  names: CertificateNames,
): NonNullable<RotationFacts['stored']> | undefined =>
  set && {
    authority: lifeOf(set.authority.certificate),
    leaf: set.leaf && {
      ...lifeOf(set.leaf.certificate),
      fits: carriesNames(set.leaf.certificate, names),
    },
    next: set.next && lifeOf(set.next.certificate),
    old: set.old.length === 0 ? undefined : { retireAfter: set.retireAfter },
  };

/** Takes one step where one is due, and answers the Secret that holds it. */
const rotate = async (
  secret: Secret | undefined,
  nextSeenMs: number | undefined,
  options: LeaderOptions,
): Promise<Secret | undefined> => {
  const { cluster, namespace, names, signal, log, makeKeys, isLeader } = options;
  const now = options.now();
  const set = setIn(secret);
  const due = nextRotationStep({ now, nextSeenMs, stored: factsOf(set, names) });
  if (due === undefined) return undefined;
  const published = async () => publishedIn((await readStored(cluster, namespace, signal)).registrations);
  const changed = await takeRotationStep(due.step, set, { now, names, published, makeKeys });
  if (!isLeader()) return undefined;
  const written = await writeSecret(cluster, { namespace, before: secret, set: changed, signal });
  log.info({ step: due.step, why: due.why }, 'Rotated certificates');
  return written;
};

const inject = async ({ secret, registrations }: Stored, options: LeaderOptions): Promise<Registration[]> => {
  const { cluster, signal, log, isLeader } = options;
  const set = setIn(secret);
  const patches = set === undefined ? [] : bundlePatches(registrations, bundleOf(set));
  const written: Registration[] = [];
  for (const patch of patches) {
    if (!isLeader()) break;
    written.push(await writeBundle(cluster, patch, signal));
    log.info({ registration: patch.key.name }, 'Put the CA bundle into the registration');
  }
  return written;
};

/**
 * Does all that is due now: the steps of the rotation, first in the Secret, then the bundles that go with it. Answers what the
 * cluster holds afterwards. Rejects with the failure of a write (see `wasChangedMeanwhile`).
 */
export const leadCertificates = async (
  stored: Stored,
  before: LeaderMemory,
  options: LeaderOptions,
): Promise<Led> => {
  let { secret } = stored;
  const memory = noteNext(before, stored, options.elapsed());
  const nextSeenMs = memory.seenSince === undefined ? undefined : options.elapsed() - memory.seenSince;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    // What was seen belongs to the Secret as it was read; a step has to be published before the next one can rely on it.
    const written = await rotate(secret, steps === 0 ? nextSeenMs : undefined, options);
    if (written === undefined) break;
    secret = written;
  }
  const written = await inject({ ...stored, secret }, options);
  const registrations = stored.registrations.map(
    (registration) => written.find(({ key }) => key.name === registration.key.name) ?? registration,
  );
  const after = noteNext(memory, { secret, registrations }, options.elapsed());
  return { secret, registrations, memory: after, injected: written.length };
};
