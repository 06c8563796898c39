import { setTimeout as delay } from 'node:timers/promises';
import { DrError } from '../../core/model/error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { isReady } from './is-ready.ts';
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
  /** Where the process listens. */
  port: number;
  logFile: string;
  /** How long the API server may take to be answered. */
  readyWithinMs: number;
  /** Makes what the process needs in the cluster; may be repeated. */
  prepare: (signal: AbortSignal) => Promise<void>;
  /** Tells the API server whom to ask; may be repeated, and may wait until it is answered. */
  register: (signal: AbortSignal) => Promise<void>;
};

const pollMs = 25;

const notReady = ({ cluster, logFile, readyWithinMs }: GuardOptions, last: Probe): DrError =>
  new DrError({
    code: 'GuardNotReady',
    message: `the admission webhook of ${cluster.name} did not answer within ${readyWithinMs / 1000} s${last.answer === 'missing' ? `: ${last.why}` : ''}`,
    hint: `see ${logFile}, or start the sandbox with --no-webhook`,
  });

/** Puts the guard of a site together. Nothing runs before `start`. */
export const createGuard = (options: GuardOptions): Guard => {
  const { cluster, driver, port, process } = options;
  // Registered anew by each sandbox: what an earlier one has left may name another port.
  let wasStarted = false;

  /** Asks until it is answered, and registers once where nobody is asked. */
  const awaitAnswers = async (signal: AbortSignal, mayRegister: boolean): Promise<void> => {
    let isRegistered = !mayRegister;
    let last: Probe = { answer: 'not-asked-for' };
    for (const end = performance.now() + options.readyWithinMs; performance.now() < end; ) {
      last = await probeWebhooks(cluster, driver, signal);
      signal.throwIfAborted();
      if (last.answer === 'given') return;
      if (last.answer === 'not-asked-for' && !isRegistered) {
        await options.register(signal);
        isRegistered = true;
      }
      await delay(pollMs, undefined, { signal });
    }
    throw notReady(options, last);
  };

  return {
    state: async () => {
      const state = process.state();
      if (state.state !== 'running') return state;
      // Whose certificate it is does not matter: the port is on this machine, and only this word is asked for.
      return (await isReady({ port, rejectUnauthorized: false })) ? state : { state: 'starting' };
    },
    start: async (signal) => {
      await options.prepare(signal);
      await Promise.all([process.start(), wasStarted ? undefined : options.register(signal)]);
      await awaitAnswers(signal, wasStarted);
      wasStarted = true;
    },
    stop: process.stop,
  };
};
