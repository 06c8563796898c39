import { registrationKeys } from '../registration/registration.ts';
import { bundlesIn } from './ca-bundle.ts';
import { type CertificateSet, readCertificateSet } from './certificate-set.ts';
import { isTrustedByAll, shouldServeStored } from './choose-leaf.ts';
import { countSince } from './rotation.ts';
import type { CertificateCheck, RotationPhase, ServedLeaf } from './served-certificates.ts';
import type { LeafHolder } from './served-leaf.ts';
import { type Stored, secretName } from './stored-certificates.ts';

/** What a replica saw last, and since when (see `elapsed`) each bundle was seen to verify the leaf in the Secret. */
export type Followed = {
  readonly phase: RotationPhase;
  readonly bundles: readonly string[];
  readonly leaf: string;
  readonly trustedSince: number | undefined;
  /** Why no leaf can be taken from the Secret now; undefined where one can. */
  readonly whyNoLeaf: string | undefined;
  readonly missing: readonly string[];
};

/** Before anything was read. */
export const nothingFollowed: Followed = {
  phase: 'none',
  bundles: [],
  leaf: '',
  trustedSince: undefined,
  whyNoLeaf: 'the Secret was not read yet',
  missing: [],
};

const phaseOf = ({ next, old }: CertificateSet): RotationPhase => {
  if (next !== undefined) return 'prepare';
  return old.length > 0 ? 'retire' : 'steady';
};

const missingFrom = ({ registrations }: Stored): string[] =>
  Object.values(registrationKeys)
    .filter(({ name }) => registrations.every(({ key }) => key.name !== name))
    .map(({ resource, name }) => `${resource.kind} ${name}`);

const readSet = ({ secret }: Stored, namespace: string): CertificateSet | string => {
  const name = `Secret ${namespace}/${secretName}`;
  if (secret === undefined) return `${name} does not exist`;
  const set = readCertificateSet(secret);
  return typeof set === 'string' ? `${name} cannot be used: ${set}` : set;
};

/** Takes the leaf over from the Secret where that is safe, and answers what was seen. */
export const followSecret = (
  stored: Stored,
  before: Followed,
  options: { holder: LeafHolder; namespace: string; now: number; elapsed: number },
): Followed => {
  const { holder, namespace, now, elapsed } = options;
  const bundles = bundlesIn(stored.registrations);
  const missing = missingFrom(stored);
  const set = readSet(stored, namespace);
  const nothing = { ...nothingFollowed, bundles, missing };
  if (typeof set === 'string') return { ...nothing, whyNoLeaf: set };
  const { leaf } = set;
  const phase = phaseOf(set);
  if (leaf === undefined)
    return { ...nothing, phase, whyNoLeaf: 'the Secret holds no leaf of its authority' };
  const isSame = before.leaf === leaf.certificate;
  const trustedSince = countSince(
    isSame ? before.trustedSince : undefined,
    isTrustedByAll(bundles, leaf.certificate),
    elapsed,
  );
  const trustedMs = trustedSince === undefined ? undefined : elapsed - trustedSince;
  const served = holder.current()?.cert;
  if (shouldServeStored({ now, served, stored: leaf.certificate, bundles, trustedMs })) holder.serve(leaf);
  return { phase, bundles, leaf: leaf.certificate, trustedSince, whyNoLeaf: undefined, missing };
};

/** Why nothing is served yet, one clause. */
export const whyNothingServed = ({ whyNoLeaf, bundles }: Followed): string => {
  if (whyNoLeaf !== undefined) return whyNoLeaf;
  return bundles.length === 0
    ? 'nothing is registered yet: run dr-webhook register'
    : 'no registration carries a CA bundle that verifies the certificate in the Secret';
};

/** Whether the API server would trust what is served. */
export const checkBundle = (
  { bundles, missing }: Followed,
  served: ServedLeaf | undefined,
): CertificateCheck => {
  const { resource, name } = registrationKeys.guard;
  const guard = `${resource.kind} ${name}`;
  if (missing.includes(guard)) return { ok: false, why: `${guard} does not exist: run dr-webhook register` };
  if (served === undefined) return { ok: false, why: 'no certificate is served that a bundle could verify' };
  return isTrustedByAll(bundles, served.cert)
    ? { ok: true }
    : { ok: false, why: 'a registration carries a CA bundle that does not verify the certificate served' };
};
