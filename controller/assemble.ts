import { messageOf } from '../core/model/error.ts';
import type { Requeue } from '../core/replication/step.ts';
import type { Cluster } from '../kube/cluster.ts';
import { createEventRecorder, type EventRecorder } from '../kube/events.ts';
import { createPeerLook } from '../kube/peer-look.ts';
import { type Caches, startCaches } from './caches.ts';
import { type Driver, watchDriver } from './driver/driver.ts';
import type { ControllerFlags } from './flags.ts';
import { createKeyedLock } from './keyed-lock.ts';
import type { ControllerLog } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { reconcile } from './reconcile.ts';
import type { Reconciler } from './reconciler.ts';
import { createSecretReader } from './secret-reader.ts';
import { createWorkQueue, type WorkQueue } from './work-queue.ts';
import { createWriter } from './write.ts';

/** What a controller is made of. */
export type ControllerOptions = {
  flags: ControllerFlags;
  cluster: Cluster;
  /** The other site; undefined where none is configured. */
  peer: Cluster | undefined;
  /** Unique per process: the holder of the Lease. */
  identity: string;
  /** Ends the controller: it finishes what runs, gives the Lease back and settles. */
  signal: AbortSignal;
  now: () => number;
  random: () => number;
  log: ControllerLog;
  /** Milliseconds of a driver call after which the status tells of the wait; 10 s unless told otherwise. */
  slowCallMs?: number;
};

/** The parts of a controller, put together: caches fill and the driver is watched, but no volume is worked on yet. */
export type Parts = {
  caches: Caches;
  driver: Driver;
  queue: WorkQueue;
  events: EventRecorder;
  metrics: Metrics;
};

const defaultSlowCallMs = 10_000;

const forcePolicyOf = ({ flags, peer }: ControllerOptions): 'consent' | 'upstream' => {
  if (flags.forcePromote !== 'auto') return flags.forcePromote;
  return peer === undefined ? 'upstream' : 'consent';
};

/** One pass, counted. */
const countedPass = async (metrics: Metrics, pass: () => Promise<Requeue>): Promise<Requeue> => {
  const stop = metrics.pass();
  try {
    const requeue = await pass();
    stop('ok');
    return requeue;
  } catch (error) {
    stop('error');
    throw error;
  }
};

/** Puts the parts together. `ending` stops caches and driver watch, and keeps running passes from writing; so does not leading, while it lasts. */
export const assembleController = (
  options: ControllerOptions,
  { ending, isLeading }: { ending: AbortSignal; isLeading: () => boolean },
): Parts => {
  const { flags, cluster, peer, now, random, log } = options;
  const common = { signal: ending, random, now, log };
  const metrics = createMetrics();
  const events = createEventRecorder({ cluster, component: 'dr-controller', now, log });
  const parked = new Set<string>();

  const queue: WorkQueue = createWorkQueue({
    workers: flags.workers,
    random,
    process: (key) => countedPass(metrics, () => reconcile(reconciler, key)),
    park: (key) => {
      // The driver may have come back between the decision and now.
      if (driver.facts().state === 'ready') queue.add(key);
      else parked.add(key);
    },
    onError: (key, error) => log.warn({ volumeReplication: key, error: messageOf(error) }, 'Pass failed'),
  });
  const driver = watchDriver({
    ...common,
    name: flags.driverName,
    address: flags.csiAddonsAddress,
    rpcTimeoutMs: flags.rpcTimeoutMs,
    // Ready, or away for another reason than their status says.
    onChange: () => {
      for (const key of parked) queue.add(key);
      parked.clear();
    },
  });
  const caches = startCaches({ ...common, cluster, namespace: flags.namespace, onChange: queue.add });
  const reconciler: Reconciler = {
    sources: {
      caches,
      driver,
      forcePolicy: forcePolicyOf(options),
      hasPeer: peer !== undefined,
      pollMs: flags.pollMs,
      resyncPollMs: flags.resyncPollMs,
      now,
    },
    cluster,
    writer: createWriter(cluster),
    secrets: createSecretReader({ cluster, now }),
    events,
    locks: createKeyedLock(),
    metrics,
    log,
    peer: peer === undefined ? undefined : createPeerLook({ ...common, peer }),
    watched: flags.namespace,
    slowCallMs: options.slowCallMs ?? defaultSlowCallMs,
    isLeading,
    signal: ending,
  };
  return { caches, driver, queue, events, metrics };
};
