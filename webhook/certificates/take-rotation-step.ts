import type { CertificateNames } from './certificate-names.ts';
import type { CertificateSet } from './certificate-set.ts';
import { lifeOf } from './read-certificate.ts';
import { lifetimes, type RotationStep } from './rotation.ts';
import {
  type KeyMaker,
  type KeyPair,
  type Life,
  makeAuthority,
  makeLeaf,
  makeRsaKeys,
} from './sign-certificate.ts';

export type StepOptions = {
  readonly now: number;
  readonly names: CertificateNames;
  /** Reads which authorities the registrations carry; somebody may still show leaves of theirs. */
  readonly published: () => Promise<readonly string[]>;
  readonly makeKeys?: KeyMaker | undefined;
};

/** More would mean that somebody fills the bundles; the first ones are those seen first. */
const mostOld = 8;

const lifeFrom = (now: number, lengthMs: number): Life => ({
  notBefore: now - lifetimes.backdateMs,
  notAfter: now + lengthMs,
});

const newAuthority = ({ now, makeKeys }: StepOptions): Promise<KeyPair> =>
  makeAuthority(lifeFrom(now, lifetimes.authorityMs), makeKeys);

const newLeaf = (authority: KeyPair, { now, names, makeKeys }: StepOptions): Promise<KeyPair> => {
  const life = lifeFrom(now, lifetimes.leafMs);
  const notAfter = Math.min(life.notAfter, lifeOf(authority.certificate).notAfter);
  return makeLeaf(authority, names, { ...life, notAfter }, makeKeys);
};

/** When nobody can show a leaf of the old authority any more, at most a leaf's life from now whatever its own dates say. */
const retirementOf = (leaf: KeyPair | undefined, now: number): number => {
  const leafEnds = leaf === undefined ? now + lifetimes.leafMs : lifeOf(leaf.certificate).notAfter;
  return Math.min(Math.max(leafEnds, now + lifetimes.overlapMs), now + lifetimes.leafMs);
};

const startOver = async (options: StepOptions): Promise<CertificateSet> => {
  const { now, published, makeKeys = makeRsaKeys } = options;
  // Both keys at once: a webhook that has only just been installed is waited for.
  const [authority, keys] = await Promise.all([newAuthority(options), makeKeys()]);
  const leaf = await newLeaf(authority, { ...options, makeKeys: async () => keys });
  // Read last: what another leader published while our keys were being made must not be lost. Their times do not matter: it may be
  // our clock that is wrong.
  const old = (await published()).slice(0, mostOld);
  return {
    authority,
    leaf,
    next: undefined,
    old,
    retireAfter: old.length === 0 ? 0 : retirementOf(undefined, now),
  };
};

const switchOver = async (
  set: CertificateSet,
  next: KeyPair,
  options: StepOptions,
): Promise<CertificateSet> => ({
  authority: next,
  leaf: await newLeaf(next, options),
  next: undefined,
  old: [set.authority.certificate, ...set.old].slice(0, mostOld),
  retireAfter: Math.max(set.retireAfter, retirementOf(set.leaf, options.now)),
});

/** Makes the certificates that a step asks for: the set to store in the Secret. Without a set, or with `start-over`, a new one. */
export const takeRotationStep = async (
  step: RotationStep,
  set: CertificateSet | undefined,
  options: StepOptions,
): Promise<CertificateSet> => {
  if (set === undefined || step === 'start-over') return startOver(options);
  if (step === 'renew-leaf') return { ...set, leaf: await newLeaf(set.authority, options) };
  if (step === 'prepare') return { ...set, next: await newAuthority(options) };
  if (step === 'retire') return { ...set, old: [], retireAfter: 0 };
  return set.next === undefined ? set : switchOver(set, set.next, options);
};
