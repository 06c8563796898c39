import { isInTime } from './read-certificate.ts';
import type { Life } from './sign-certificate.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How long things hold. All in milliseconds. */
export const lifetimes = {
  authorityMs: 365 * dayMs,
  leafMs: 30 * dayMs,
  /** Machines' clocks differ: what is made now holds since an hour. */
  backdateMs: hourMs,
  /**
   * The least time for which a replaced authority stays in the bundles. Until its last leaf has expired a replica that lost contact with
   * the cluster goes on showing that leaf, so normally the leaf's life left decides; a day is for the leaf that was about to expire
   * anyway: for clocks that differ, and API servers that come up from an old view of the cluster.
   */
  overlapMs: dayMs,
  /**
   * API servers learn of a bundle a moment after we see it stored: each has a watch of its own. What relies on a bundle waits for
   * so long after it was first seen everywhere.
   */
  settleMs: 10_000,
} as const;

/** What is known about the stored certificates at one moment. */
export type RotationFacts = {
  readonly now: number;
  /** Undefined where the Secret is missing, or holds no authority. */
  readonly stored:
    | {
        readonly authority: Life;
        /** `fits`: it carries all names by which the webhook is called. Undefined where there is no leaf of this authority. */
        readonly leaf: (Life & { readonly fits: boolean }) | undefined;
        readonly next: Life | undefined;
        readonly old: { readonly retireAfter: number } | undefined;
      }
    | undefined;
  /** For how long, without a gap, each registration was seen to carry the next authority; undefined while one does not. */
  readonly nextSeenMs: number | undefined;
};

/**
 * What to do next. A rotation goes `prepare` (publish old and new authority), `switch` (a leaf of the new one), `retire` (the
 * old one leaves the bundles).
 */
export type RotationStep = 'start-over' | 'renew-leaf' | 'prepare' | 'switch' | 'retire';

type Stored = NonNullable<RotationFacts['stored']>;
type Check = (stored: Stored, facts: RotationFacts) => { step: RotationStep; why: string } | undefined;

/** Whether two thirds of a life are over. */
const isDue = ({ notBefore, notAfter }: Life, now: number): boolean =>
  now >= notBefore + ((notAfter - notBefore) * 2) / 3;

/** Whether every API server knows what was seen to be so for a while. */
export const hasSettled = (seenMs: number | undefined): boolean =>
  seenMs !== undefined && seenMs >= lifetimes.settleMs;

const nextIsKnownEverywhere: Check = ({ next }, { now, nextSeenMs }) =>
  next !== undefined && isInTime(next, now) && hasSettled(nextSeenMs)
    ? { step: 'switch', why: 'all registrations carry the next authority' }
    : undefined;

const authorityIsOutOfTime: Check = ({ authority }, { now }) =>
  isInTime(authority, now) ? undefined : { step: 'start-over', why: 'the authority is out of its time' };

const leafIsMissing: Check = ({ leaf }) =>
  leaf === undefined ? { step: 'renew-leaf', why: 'there is no leaf of the authority' } : undefined;

const leafHasOtherNames: Check = ({ leaf }) =>
  leaf?.fits === false ? { step: 'renew-leaf', why: 'the leaf lacks a name' } : undefined;

const leafIsOutOfTime: Check = ({ leaf }, { now }) =>
  leaf !== undefined && !isInTime(leaf, now)
    ? { step: 'renew-leaf', why: 'the leaf is out of its time' }
    : undefined;

const leafIsDue: Check = ({ leaf, authority }, { now }) => {
  if (leaf === undefined || !isDue(leaf, now)) return undefined;
  // No leaf outlives its authority: close to the end of that, a new one would bring nothing, over and over.
  const gained = Math.min(now + lifetimes.leafMs, authority.notAfter) - leaf.notAfter;
  return gained > 0 ? { step: 'renew-leaf', why: 'two thirds of its life are over' } : undefined;
};

const oldIsDone: Check = ({ old }, { now }) =>
  old !== undefined && now >= old.retireAfter
    ? { step: 'retire', why: 'no leaf of the old authority can be in use any more' }
    : undefined;

const nextIsOutOfTime: Check = ({ next }, { now }) =>
  next !== undefined && !isInTime(next, now)
    ? { step: 'prepare', why: 'the next authority is out of its time' }
    : undefined;

const authorityIsDue: Check = ({ authority, next, old }, { now }) =>
  next === undefined && old === undefined && isDue(authority, now)
    ? { step: 'prepare', why: 'two thirds of its life are over' }
    : undefined;

/** In this order; the first that applies decides. */
const checks: readonly Check[] = [
  nextIsKnownEverywhere,
  authorityIsOutOfTime,
  leafIsMissing,
  leafHasOtherNames,
  leafIsOutOfTime,
  leafIsDue,
  oldIsDone,
  nextIsOutOfTime,
  authorityIsDue,
];

/** Decides the next step of the certificates' life; undefined where nothing is to be done now. */
export const nextRotationStep = (facts: RotationFacts): { step: RotationStep; why: string } | undefined => {
  const { stored } = facts;
  if (stored === undefined) return { step: 'start-over', why: 'there is no authority' };
  for (const check of checks) {
    const found = check(stored, facts);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Since when something is so without a gap, on a clock that only goes forward; undefined while it is not. */
export const countSince = (since: number | undefined, isSo: boolean, elapsed: number): number | undefined =>
  isSo ? (since ?? elapsed) : undefined;
