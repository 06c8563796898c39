import type { Cluster } from '../../kube/cluster.ts';
import { bundlePatches, bundlesIn, publishedIn, type Registration } from './ca-bundle.ts';
import type { CertificateLog } from './certificate-log.ts';
import type { CertificateNames } from './certificate-names.ts';
import { bundleOf, type CertificateSet, readCertificateSet, type Secret } from './certificate-set.ts';
import { carriesNames, certificatesIn, lifeOf } from './read-certificate.ts';
import { countSince, nextRotationStep, type RotationFacts } from './rotation.ts';
import { type Stored, writeBundle, writeSecret } from './stored-certificates.ts';
import { takeRotationStep } from './take-rotation-step.ts';

/** What the leader remembers between two passes: since when each registration carries the next authority. */
export type LeaderMemory = { next: string; seenSince: number | undefined };

/** What the leader works with. */
export type LeaderOptions = {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly names: CertificateNames;
  /** Asked again right before each write: making keys takes a while. */
  readonly isLeader: () => boolean;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly log: CertificateLog;
  readonly memory: LeaderMemory;
};

/** Starting over, a leaf, and a step of the rotation can be due at once; more at once would be a mistake of ours. */
const mostSteps = 4;

const setIn = (secret: Secret | undefined): CertificateSet | undefined => {
  const set = secret === undefined ? 'there is none' : readCertificateSet(secret);
  return typeof set === 'string' ? undefined : set;
};

const carriesNext = ({ next }: CertificateSet, registrations: readonly Registration[]): boolean => {
  const bundles = bundlesIn(registrations);
  return (
    next !== undefined &&
    bundles.length > 0 &&
    bundles.every((bundle) => certificatesIn(bundle).includes(certificatesIn(next.certificate)[0] ?? ''))
  );
};

const noteNext = (
  memory: LeaderMemory,
  set: CertificateSet | undefined,
  registrations: readonly Registration[],
  now: number,
): number | undefined => {
  const next = set?.next?.certificate ?? '';
  const since = memory.next === next ? memory.seenSince : undefined;
  memory.next = next;
  memory.seenSince = countSince(since, set !== undefined && carriesNext(set, registrations), now);
  return memory.seenSince;
};

/** A set in the terms of the rotation's decision. */
const factsOf = (
  set: CertificateSet | undefined,
  { names, now, nextSeenSince }: { names: CertificateNames; now: number; nextSeenSince: number | undefined },
): RotationFacts => ({
  now,
  nextSeenSince,
  stored: set && {
    authority: lifeOf(set.authority.certificate),
    leaf: set.leaf && {
      ...lifeOf(set.leaf.certificate),
      fits: carriesNames(set.leaf.certificate, names),
    },
    next: set.next && lifeOf(set.next.certificate),
    old: set.old.length === 0 ? undefined : { retireAfter: set.retireAfter },
  },
});

/** Takes one step where one is due, and answers the Secret that holds it. */
const rotate = async (
  { secret, registrations }: Stored,
  options: LeaderOptions,
): Promise<Secret | undefined> => {
  const { cluster, namespace, names, signal, log, memory, isLeader } = options;
  const now = options.now();
  const set = setIn(secret);
  const nextSeenSince = noteNext(memory, set, registrations, now);
  const due = nextRotationStep(factsOf(set, { names, now, nextSeenSince }));
  if (due === undefined) return undefined;
  const published = publishedIn(registrations);
  const changed = await takeRotationStep(due.step, set, { now, names, published });
  if (!isLeader()) return undefined;
  const written = await writeSecret(cluster, { namespace, before: secret, set: changed, signal });
  log.info(
    { step: due.step, why: due.why, secret: `${namespace}/${written.metadata.name}` },
    'Rotated certificates',
  );
  return written;
};

const inject = async (stored: Stored, options: LeaderOptions): Promise<Registration[]> => {
  const { cluster, signal, log, isLeader } = options;
  const set = setIn(stored.secret);
  const patches = set === undefined ? [] : bundlePatches(stored.registrations, bundleOf(set));
  const written: Registration[] = [];
  for (const patch of patches) {
    if (!isLeader()) break;
    written.push(await writeBundle(cluster, patch, signal));
    log.info({ registration: patch.key.name }, 'Put the CA bundle into the registration');
  }
  return written;
};

/**
 * Does all that is due now: the steps of the rotation, first in the Secret, then the bundles that go with it. Answers what the cluster
 * holds afterwards. Rejects with the failure of a write; a `Conflict` or `AlreadyExists` says that it has to be read anew.
 */
export const leadCertificates = async (
  stored: Stored,
  options: LeaderOptions,
): Promise<Stored & { injected: number }> => {
  let { secret } = stored;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const written = await rotate({ ...stored, secret }, options);
    if (written === undefined) break;
    secret = written;
  }
  const written = await inject({ ...stored, secret }, options);
  const registrations = stored.registrations.map(
    (registration) => written.find(({ key }) => key.name === registration.key.name) ?? registration,
  );
  // What was just written may be seen by us alone: the count begins now.
  noteNext(options.memory, setIn(secret), registrations, options.now());
  return { secret, registrations, injected: written.length };
};
