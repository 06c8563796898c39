import { restoreAnnotations } from '../backup/restore-annotations.ts';
import { type Reading, unknown } from '../model/reading.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import { type ClaimKey, claimKeyText } from '../protection/claims-of-volume.ts';
import { describeStep, type StepFacts } from '../step/step-facts.ts';
import type { MoveSite } from './move.ts';

/**
 * Whether pods of a site can mount a claim: it is bound, and its volume is primary there or nobody mirrors it. `replica`: it is there, and
 * is not the side that can be written. `why` is one clause that follows on the claim.
 */
export type ClaimUse =
  | { readonly is: 'usable' }
  | { readonly is: 'absent' | 'replica' | 'unknown'; readonly why: string };

const usable: ClaimUse = { is: 'usable' };

/** Restored from a site that mirrored it: without a replication of its own nothing tells whether it is primary. */
const wasMirrored = ({ claim }: StepFacts): boolean => {
  const annotations = knownValue(claim)?.metadata.annotations ?? {};
  return (
    annotations[restoreAnnotations.replicationName] !== undefined ||
    annotations[restoreAnnotations.replicationClass] !== undefined
  );
};

const useOf = (facts: StepFacts): ClaimUse => {
  const { name } = facts.here;
  if (knownValue(facts.claim)?.status?.phase !== 'Bound') return { is: 'absent', why: `is not on ${name}` };
  const { role, why } = facts.role;
  switch (role) {
    case 'primary':
      return usable;
    case 'none':
      if (facts.peer.replication !== undefined)
        return { is: 'replica', why: `is a replica on ${name} that nothing has made primary` };
      return wasMirrored(facts)
        ? {
            is: 'unknown',
            why: `may be no primary on ${name}: it was mirrored to there, and nothing replicates it now`,
          }
        : usable;
    case 'secondary':
    case 'resyncing':
      return { is: 'replica', why: `is ${role} on ${name}, where no pod can write it` };
    case 'unknown':
      return { is: 'unknown', why: `may be no primary on ${name}: ${why}` };
  }
};

/** Whether pods of a site can mount a claim. What cannot be read is unknown, never usable. */
export const useOfClaim = (here: MoveSite, there: MoveSite, key: ClaimKey): ClaimUse => {
  const { view, site } = here;
  const facts: Reading<StepFacts> = view.known
    ? readingOf(() => describeStep({ here: { site, view: view.value }, there }, key))
    : unknown(view.why);
  const use = facts.known ? readingOf(() => useOf(facts.value)) : facts;
  return use.known ? use.value : { is: 'unknown', why: `cannot be read on ${site.name}: ${use.why}` };
};

/** The claims of a workload of a site that its pods cannot mount there, though they are there: starting it would tear it. */
export const replicasMounted = (
  here: MoveSite,
  there: MoveSite,
  { namespace, claims }: { readonly namespace: string; readonly claims: readonly string[] },
): readonly { readonly key: ClaimKey; readonly why: string }[] =>
  claims.flatMap((name) => {
    const key = { namespace, name };
    const use = useOfClaim(here, there, key);
    return use.is === 'replica' ? [{ key, why: `claim ${claimKeyText(key)} ${use.why}` }] : [];
  });
