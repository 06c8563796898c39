import { setTimeout as delay } from 'node:timers/promises';
import { DrError } from '../../core/model/error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { type Probe, probeWebhooks } from './probe-webhooks.ts';
import type { ProcessState, SupervisedProcess } from './supervised-process.ts';

/** `starting`: its process runs, and does not say yet that it is ready. */
export type GuardState = ProcessState | { state: 'starting' };

/** The admission webhook of a site: its process, and its place in front of the API server. */
export type Guard = {
  state(): Promise<GuardState>;
  /** Resolves once the API server asks it and is answered; rejects with `GuardNotReady` when that takes too long. */
  start(signal: AbortSignal): Promise<void>;
  /** Killed as by a power failure, or asked to end in good order. What is registered stays: the guard fails closed. */
  stop(how: 'kill' | 'end'): Promise<void>;
};

export type GuardOptions = {
  cluster: Cluster;
  /** The CSI driver of the site's volumes. */
  driver: string;
  process: SupervisedProcess;
  /** Whether the process says that it is ready. */
  isReady: () => Promise<boolean>;
  logFile: string;
  /** How long the API server may take to be answered. */
  readyWithinMs: number;
  /** Makes what the process needs in the cluster, and tells the API server whom to ask; may be repeated. */
  install: (signal: AbortSignal) => Promise<void>;
};

const pollMs = 50;

const notReady = ({ cluster, logFile, readyWithinMs }: GuardOptions, last: Probe): DrError =>
  new DrError({
    code: 'GuardNotReady',
    message: `the admission webhook of ${cluster.name} did not answer within ${readyWithinMs / 1000} s${last.answer === 'missing' ? `: ${last.why}` : ''}`,
    hint: `see ${logFile}, or start the sandbox with --no-webhook`,
  });

const notReadyYet: Probe = { answer: 'missing', why: 'it does not say that it is ready' };

/** Puts the guard of a site together. Nothing runs before `start`. */
export const createGuard = (options: GuardOptions): Guard => {
  const { cluster, driver, process, isReady, readyWithinMs } = options;

  /** A request before it is ready would only be refused, or let pass and told of in logs. */
  const probe = async (signal: AbortSignal): Promise<Probe> =>
    (await isReady()) ? probeWebhooks(cluster, driver, signal) : notReadyYet;

  const awaitAnswers = async (signal: AbortSignal): Promise<void> => {
    const end = performance.now() + readyWithinMs;
    for (;;) {
      const last = await probe(signal);
      signal.throwIfAborted();
      if (last.answer === 'given') return;
      if (performance.now() > end) throw notReady(options, last);
      await delay(pollMs, undefined, { signal });
    }
  };

  return {
    state: async () => {
      const state = process.state();
      if (state.state !== 'running') return state;
      return (await isReady()) ? state : { state: 'starting' };
    },
    start: async (signal) => {
      await Promise.all([process.start(), options.install(signal)]);
      await awaitAnswers(signal);
    },
    stop: process.stop,
  };
};
