import { isInTime, isSignedByOneOf, lifeOf } from './read-certificate.ts';
import { hasSettled } from './rotation.ts';

/** What one replica knows when it asks itself which leaf to show. Certificates and bundles are PEM. */
export type LeafFacts = {
  readonly now: number;
  /** Shown now; undefined at start. */
  readonly served: string | undefined;
  /** The leaf in the Secret. */
  readonly stored: string;
  /** What each webhook of the registrations carries; empty text for none. */
  readonly bundles: readonly string[];
  /** For how long (ms), without a gap, each bundle was seen to verify the stored leaf. */
  readonly trustedMs: number | undefined;
};

/** Whether each webhook that is registered, and one at least, verifies a leaf. */
export const isTrustedByAll = (bundles: readonly string[], leaf: string): boolean =>
  bundles.length > 0 && bundles.every((bundle) => isSignedByOneOf(bundle, leaf));

/**
 * Whether to show the stored leaf from now on. Never where a caller that is answered now would not be answered afterwards: each
 * webhook that verifies the leaf shown verifies the stored one, and has for long enough that every API server knows.
 */
export const shouldServeStored = (facts: LeafFacts): boolean => {
  const { now, served, stored, bundles } = facts;
  if (stored === served || !bundles.some((bundle) => isSignedByOneOf(bundle, stored))) return false;
  if (served === undefined) return isInTime(lifeOf(stored), now);
  const isServedInTime = isInTime(lifeOf(served), now);
  if (isServedInTime && !isInTime(lifeOf(stored), now)) return false;
  const answered = bundles.filter((bundle) => isSignedByOneOf(bundle, served));
  if (!isServedInTime || answered.length === 0) return true;
  if (!answered.every((bundle) => isSignedByOneOf(bundle, stored))) return false;
  return hasSettled(facts.trustedMs);
};
