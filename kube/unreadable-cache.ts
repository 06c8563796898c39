import { messageOf } from '../core/model/error.ts';
import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import { isNotServed } from './api-error.ts';
import type { Informer } from './informer.ts';

/** What tells whether a cache can be believed. A plain object cache has none of these: it is what it is. */
export type CacheHealth = Partial<Pick<Informer<KubernetesObject>, 'hasSynced' | 'lastContact' | 'failure'>>;

const describeFailure = (failure: unknown, what: string): string => {
  if (failure === undefined) return '';
  return isNotServed(failure)
    ? `: the API server does not know ${what}, is the CRD missing?`
    : `: ${messageOf(failure)}`;
};

const minutes = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)}s` : `${Math.round(ms / 60_000)}m`;

/**
 * Why a cache of `what` (a plural) cannot be believed, as one clause: it was never filled, or nothing was heard for longer than
 * `maxAgeMs`. Undefined while it can.
 */
export const whyUnreadable = (
  what: string,
  cache: CacheHealth,
  { now, maxAgeMs }: { now: number; maxAgeMs: number },
): string | undefined => {
  const failure = describeFailure(cache.failure?.(), what);
  if (cache.hasSynced?.() === false) return `the ${what} are not listed yet${failure}`;
  const contact = cache.lastContact?.() ?? now;
  return now - contact > maxAgeMs
    ? `nothing was heard of the ${what} for ${minutes(now - contact)}${failure}`
    : undefined;
};
