import type { VolumeReplication } from '../core/model/volume-replication.ts';
import type { Answers } from '../core/replication/answer.ts';
import type { Facts } from '../core/replication/facts.ts';
import type { Reconciler } from './reconciler.ts';

/** One pass over a VolumeReplication so far: what is known, and what the driver answered. */
export type Pass = { facts: Facts; answers: Answers };

/** Facts after a read or write of our own; the cache takes the answer, so that no later pass sees less. */
export const replaceReplication = (
  { sources }: Reconciler,
  { facts }: Pass,
  fresh: VolumeReplication,
): Facts => {
  sources.caches.replications.observe(fresh);
  return { ...facts, replication: fresh };
};
