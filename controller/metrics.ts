import { Counter, Histogram, Registry } from 'prom-client';
import { addProcessGauges, gaugesOf } from '../kube/program/gauges.ts';
import type { QueueStats } from './work-queue.ts';

/** What the controller counts, in a registry of its own. */
export type Metrics = {
  registry: Registry;
  /** A pass begins; call the answer with how it ended. */
  pass(): (result: 'ok' | 'error') => void;
  /** A driver call begins; call the answer with its gRPC code. */
  driverCall(rpc: string): (code: string) => void;
};

/** Read when metrics are scraped. */
export type MetricSources = {
  queue: () => QueueStats;
  isDriverReady: () => boolean;
  isLeader: () => boolean;
  /** VolumeReplications by `status.state`. */
  states: () => ReadonlyMap<string, number>;
  /** Seconds since each cache last heard of the API server, by kind. */
  silence: () => ReadonlyMap<string, number>;
};

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180];

/** Metrics named `dr_controller_*`; nothing is registered globally. */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const passes = new Counter({
    name: 'dr_controller_reconcile_total',
    help: 'Passes over VolumeReplications, by result.',
    labelNames: ['result'] as const,
    registers,
  });
  const passTime = new Histogram({
    name: 'dr_controller_reconcile_duration_seconds',
    help: 'How long a pass took, driver calls included.',
    buckets: seconds,
    registers,
  });
  const callTime = new Histogram({
    name: 'dr_controller_driver_call_duration_seconds',
    help: 'How long a driver call took, by call and gRPC code.',
    labelNames: ['rpc', 'code'] as const,
    buckets: seconds,
    registers,
  });
  return {
    registry,
    pass: () => {
      const stop = passTime.startTimer();
      return (result) => {
        stop();
        passes.inc({ result });
      };
    },
    driverCall: (rpc) => {
      const stop = callTime.startTimer({ rpc });
      return (code) => {
        stop({ code });
      };
    },
  };
};

/** Adds the gauges that are read at each scrape. */
export const addGauges = ({ registry }: Metrics, sources: MetricSources): void => {
  const gauges = gaugesOf(registry);
  const { single, labelled } = gauges;
  single(
    'dr_controller_queue_waiting',
    'VolumeReplications that wait for a worker.',
    () => sources.queue().waiting,
  );
  single('dr_controller_queue_running', 'VolumeReplications being worked on.', () => sources.queue().running);
  single('dr_controller_queue_delayed', 'VolumeReplications that come later.', () => sources.queue().delayed);
  single('dr_controller_driver_ready', '1 while the driver answers.', () => Number(sources.isDriverReady()));
  single('dr_controller_leader', '1 while this process is the leader.', () => Number(sources.isLeader()));
  addProcessGauges(gauges);
  labelled('dr_controller_volume_replications', 'VolumeReplications by state.', 'state', sources.states);
  labelled(
    'dr_controller_cache_silence_seconds',
    'Seconds since a cache last heard of the API server.',
    'resource',
    sources.silence,
  );
};
