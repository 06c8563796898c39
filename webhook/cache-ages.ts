import type { FactCache, WebhookCaches } from './facts/caches.ts';

/** Seconds since each cache last heard of its API server, by kind; those that never did are left out. */
export const cacheAges = (caches: WebhookCaches, now: number): ReadonlyMap<string, number> => {
  const ages = new Map<string, number>();
  for (const [name, cache] of Object.entries(caches) as [
    string,
    Partial<Pick<FactCache<never>, 'lastContact'>>,
  ][]) {
    const contact = cache.lastContact?.();
    if (contact !== undefined) ages.set(name, (now - contact) / 1000);
  }
  return ages;
};
