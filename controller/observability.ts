import type { Server } from 'node:http';
import { parseBindAddress, serveEndpoints } from '../kube/program/http-endpoints.ts';
import type { Caches } from './caches.ts';
import type { Driver } from './driver/driver.ts';
import type { ControllerFlags } from './flags.ts';
import { addGauges, type Metrics } from './metrics.ts';
import type { WorkQueue } from './work-queue.ts';

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

/** What is looked at from outside. */
export type Observed = {
  metrics: Metrics;
  caches: Caches;
  driver: Driver;
  queue: WorkQueue;
  isLeader: () => boolean;
  now: () => number;
};

/**
 * Adds the gauges, and serves metrics and probes where an address is given for them.
 * Rejects with `FlagInvalid` or `PortInUse`.
 */
export const serveObservability = async (
  flags: Pick<ControllerFlags, 'metricsBindAddress' | 'healthProbeBindAddress'>,
  { metrics, caches, driver, queue, isLeader, now }: Observed,
): Promise<Server[]> => {
  addGauges(metrics, {
    queue: queue.stats,
    isDriverReady: () => driver.facts().state === 'ready',
    isLeader,
    states: () => countStates(caches),
    silence: () => silences(caches, now()),
  });
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
    const ready = async () => {
      const troubles = caches.troubles();
      return troubles.length === 0
        ? { status: 200, body: 'ok\n' }
        : { status: 503, body: `not ready\n${troubles.map((trouble) => `- ${trouble}\n`).join('')}` };
    };
    servers.push(
      await serveEndpoints('health-probe-bind-address', healthAddress, {
        '/healthz': alive,
        '/readyz': ready,
      }),
    );
  }
  return servers;
};
