import type { VolumeReplication } from '../core/model/volume-replication.ts';
import { readClassParameters } from '../core/replication/parameters.ts';
import { pollIntervalOf } from '../core/replication/poll-interval.ts';
import { type Caches, keyOf } from './caches.ts';
import type { WorkQueue } from './work-queue.ts';

const isSettled = ({ metadata, status }: VolumeReplication): boolean =>
  metadata.deletionTimestamp === undefined && status?.observedGeneration === metadata.generation;

type LookOptions = { pollMs: number | undefined; resyncPollMs: number; random: () => number };

/**
 * When to look first at what is there at start: at once where something is to be done; a volume that has reached its state
 * waits for its turn, spread over its own interval, so that ten thousand do not come together.
 */
const firstLookMs = (
  replication: VolumeReplication,
  caches: Caches,
  { pollMs, resyncPollMs, random }: LookOptions,
): number => {
  const { replicationState, volumeReplicationClass } = replication.spec;
  if (!isSettled(replication)) return 0;
  if (replicationState === 'secondary' && replication.status?.state === 'Secondary') {
    return random() * resyncPollMs;
  }
  if (replicationState !== 'primary' || replication.status?.state !== 'Primary') return 0;
  const read = readClassParameters(caches.classes.get({ name: volumeReplicationClass })?.spec.parameters);
  return read.ok ? random() * (pollMs ?? pollIntervalOf(read.parameters.forDriver)) : 0;
};

/** Adds everything there is to the queue, now or spread over time. */
export const fillQueue = (queue: WorkQueue, caches: Caches, options: LookOptions): void => {
  for (const replication of caches.replications.list()) {
    const ms = firstLookMs(replication, caches, options);
    if (ms === 0) queue.add(keyOf(replication));
    else queue.addAfter(keyOf(replication), ms);
  }
};
