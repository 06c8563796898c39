import type { Server } from 'node:http';
import { DrError, messageOf } from '../core/model/error.ts';
import type { VolumeReplication } from '../core/model/volume-replication.ts';
import { readClassParameters } from '../core/replication/parameters.ts';
import { pollIntervalOf } from '../core/replication/poll-interval.ts';
import { resyncPollMs } from '../core/replication/step.ts';
import type { Cluster } from '../kube/cluster.ts';
import { createEventRecorder } from '../kube/events.ts';
import { acquireLeadership, type Leadership } from '../kube/lease.ts';
import { type Caches, keyOf, startCaches } from './caches.ts';
import { type Driver, watchDriver } from './driver/driver.ts';
import type { ControllerFlags } from './flags.ts';
import { parseBindAddress, serveEndpoints } from './http-endpoints.ts';
import { createKeyedLock } from './keyed-lock.ts';
import type { ControllerLog } from './log.ts';
import { addGauges, createMetrics, type Metrics } from './metrics.ts';
import { peerLook } from './peer.ts';
import { type Reconciler, reconcile } from './reconcile.ts';
import { createSecretReader } from './secret-reader.ts';
import { createWorkQueue, type WorkQueue } from './work-queue.ts';
import { createWriter } from './write.ts';

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
};

/** A running pass may take as long before it is left to the next process. */
const drainMs = 20_000;

/** The name of the Lease: the driver's, as kubernetes-csi-addons normalizes it. */
export const leaseNameOf = (driverName: string): string =>
  `${driverName.replaceAll(/[^a-zA-Z0-9-]/g, '-')}-dr-controller`.toLowerCase();

const isSettled = ({ metadata, status }: VolumeReplication): boolean =>
  metadata.deletionTimestamp === undefined && status?.observedGeneration === metadata.generation;

/**
 * When to look first at what is there at start: at once where something is to be done; a volume that has reached its state
 * waits for its turn, spread over its own interval, so that ten thousand do not come together.
 */
const firstLookMs = (
  replication: VolumeReplication,
  caches: Caches,
  { pollMs, random }: { pollMs: number | undefined; random: () => number },
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

const countStates = (caches: Caches): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { status } of caches.replications.list()) {
    const state = status?.state || 'Unknown';
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
};

const silences = (caches: Caches, now: number): Map<string, number> => {
  const { replications, classes, claims, volumes } = caches;
  const entries = Object.entries({ replications, classes, claims, volumes });
  return new Map(entries.map(([name, informer]) => [name, (now - (informer.lastContact() ?? now)) / 1000]));
};

const serve = async (flags: ControllerFlags, metrics: Metrics, isReady: () => boolean): Promise<Server[]> => {
  const metricsAddress = parseBindAddress('metrics-bind-address', flags.metricsBindAddress);
  const healthAddress = parseBindAddress('health-probe-bind-address', flags.healthProbeBindAddress);
  const { registry } = metrics;
  const servers: Server[] = [];
  if (metricsAddress !== undefined) {
    const scrape = async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() });
    servers.push(await serveEndpoints('metrics-bind-address', metricsAddress, { '/metrics': scrape }));
  }
  if (healthAddress !== undefined) {
    const alive = async () => ({ status: 200, body: 'ok\n' });
    const ready = async () =>
      isReady() ? { status: 200, body: 'ok\n' } : { status: 503, body: 'caches not synced\n' };
    servers.push(
      await serveEndpoints('health-probe-bind-address', healthAddress, {
        '/healthz': alive,
        '/readyz': ready,
      }),
    );
  }
  return servers;
};

const lead = async (options: ControllerOptions): Promise<Leadership | undefined> => {
  const { flags, cluster, identity, signal, now, random, log } = options;
  if (!flags.leaderElection) return undefined;
  const lease = {
    namespace: flags.leaderElectionNamespace ?? cluster.defaultNamespace,
    name: leaseNameOf(flags.driverName),
  };
  log.info({ lease: `${lease.namespace}/${lease.name}`, identity }, 'Waited for leadership');
  const leadership = await acquireLeadership({
    ...flags,
    cluster,
    lease,
    identity,
    signal,
    now,
    random,
    log,
  });
  log.info({ identity }, 'Became the leader');
  return leadership;
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const atMost = (ms: number, work: Promise<unknown>): Promise<unknown> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
};

/** Adds everything there is to the queue, now or spread over time. */
const fillQueue = (queue: WorkQueue, caches: Caches, options: ControllerOptions): void => {
  const { flags, random } = options;
  for (const replication of caches.replications.list()) {
    const ms = firstLookMs(replication, caches, { pollMs: flags.pollMs, random });
    if (ms === 0) queue.add(keyOf(replication));
    else queue.addAfter(keyOf(replication), ms);
  }
};

/**
 * Runs the controller until its signal aborts.
 * Rejects with `LeadershipLost` when another process became the leader, and with `PortInUse` or `FlagInvalid` at start.
 */
export const runController = async (options: ControllerOptions): Promise<void> => {
  const { flags, cluster, peer, signal, now, random, log } = options;
  const ending = new AbortController();
  const metrics = createMetrics();
  const parked = new Set<string>();
  const events = createEventRecorder({ cluster, component: 'dr-controller', now, log });
  let isLeader = false;

  const driver: Driver = watchDriver({
    name: flags.driverName,
    address: flags.csiAddonsAddress,
    rpcTimeoutMs: flags.rpcTimeoutMs,
    signal: ending.signal,
    random,
    now,
    log,
    onChange: ({ state }) => {
      if (state !== 'ready') return;
      for (const key of parked) queue.add(key);
      parked.clear();
    },
  });
  const queue: WorkQueue = createWorkQueue({
    workers: flags.workers,
    random,
    process: async (key) => {
      const stop = metrics.pass();
      try {
        const requeue = await reconcile(reconciler, key);
        stop('ok');
        return requeue;
      } catch (error) {
        stop('error');
        throw error;
      }
    },
    park: (key) => {
      // It may have come back between the decision and now.
      if (driver.facts().state === 'ready') queue.add(key);
      else parked.add(key);
    },
    onError: (key, error) => log.warn({ volumeReplication: key, error: messageOf(error) }, 'Pass failed'),
  });
  const caches = startCaches({
    cluster,
    namespace: flags.namespace,
    signal: ending.signal,
    random,
    now,
    log,
    onChange: queue.add,
  });
  const usesConsent = flags.forcePromote === 'auto' ? peer !== undefined : flags.forcePromote === 'consent';
  const reconciler: Reconciler = {
    sources: { caches, driver, forcePolicy: usesConsent ? 'consent' : 'upstream', pollMs: flags.pollMs, now },
    cluster,
    writer: createWriter(cluster),
    secrets: createSecretReader({ cluster, now }),
    events,
    locks: createKeyedLock(),
    metrics,
    log,
    lookAtPeer: peer === undefined ? undefined : peerLook(peer),
    signal: ending.signal,
  };
  addGauges(metrics, {
    queue: queue.stats,
    isDriverReady: () => driver.facts().state === 'ready',
    isLeader: () => isLeader,
    states: () => countStates(caches),
    silence: () => silences(caches, now()),
  });
  const servers = await serve(
    flags,
    metrics,
    () => caches.replications.hasSynced() && caches.volumes.hasSynced(),
  );

  try {
    await Promise.race([caches.synced, aborted(signal)]);
    if (signal.aborted) return;
    log.info({ volumeReplications: caches.replications.size(), cluster: cluster.name }, 'Caches synced');
    const leadership = await lead(options);
    isLeader = true;
    fillQueue(queue, caches, options);
    queue.start();
    await Promise.race([aborted(signal), ...(leadership === undefined ? [] : [aborted(leadership.lost)])]);
    isLeader = false;
    if (!signal.aborted) throw leadershipLost(leadership);
    log.info({ running: queue.stats().running }, 'Stopping, running passes are finished first');
    await atMost(drainMs, queue.drain());
    await atMost(2_000, events.flush());
    await leadership?.ended;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    ending.abort();
    driver.close();
    for (const server of servers) server.close();
    cluster.close();
    peer?.close();
  }
};

const leadershipLost = (leadership: Leadership | undefined): unknown =>
  leadership?.lost.reason ?? new DrError({ code: 'LeadershipLost', message: 'the lease is no longer ours' });
