import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../core/model/error.ts';
import type { Child, StartChild } from '../child-process.ts';

/** What a supervised process does right now. */
export type ProcessState = { state: 'running'; pid: number } | { state: 'restarting' | 'stopped' };

/** A process of a site, as its controller or its webhook, kept alive. */
export type SupervisedProcess = {
  state(): ProcessState;
  /** Resolves once the first process is on the sandbox's record, or could not be started and is tried again. */
  start(): Promise<void>;
  /** Killed as by a power failure, or asked to end in good order. */
  stop(how: 'kill' | 'end'): Promise<void>;
};

export type SupervisedProcessOptions = {
  /** As the log names it, e.g. `the controller of cluster-1`. */
  what: string;
  /** Arguments of node: the script first. */
  args: readonly string[];
  executable: string;
  env: Readonly<Record<string, string | undefined>>;
  logFile: string;
  log: (level: 'info' | 'warn', message: string) => void;
  startChild: StartChild;
  now: () => number;
};

const firstPauseMs = 500;
const longestPauseMs = 30_000;
const stopGraceMs = 5_000;

/** The script of an application of this package: bundled, or the source when the sandbox runs from source itself. */
export const applicationScript = (
  packageRoot: string,
  application: 'controller' | 'webhook',
  fromSource: boolean,
): string => {
  const bundled = join(packageRoot, 'dist', 'lib', `dr-${application}.mjs`);
  const source = join(packageRoot, application, 'main.ts');
  return fromSource && existsSync(source) ? source : bundled;
};

/**
 * Supervises a process: one that ends by itself is started again, after pauses from 0.5 s doubling to 30 s. Having run for
 * longer than that it was well, so the pauses begin anew.
 */
export const createSupervisedProcess = (options: SupervisedProcessOptions): SupervisedProcess => {
  let child: Child | undefined;
  let running: { stopped: AbortController; done: Promise<void> } | undefined;

  const keepAlive = async (signal: AbortSignal, onAttempt: () => void): Promise<void> => {
    const { executable, args, env, logFile, what, log, now } = options;
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      const startedAt = now();
      let why: string;
      try {
        child = await options.startChild({ command: executable, args, env, logFile }).finally(onAttempt);
        // Stopped while it was being started: whoever stopped it saw no process yet.
        if (signal.aborted) await child.stop(stopGraceMs);
        const ended = await child.exited;
        why = ended.signal === null ? `code ${ended.code}` : ended.signal;
      } catch (thrown) {
        why = messageOf(thrown);
      }
      child = undefined;
      if (signal.aborted) return;
      if (now() - startedAt > longestPauseMs) pauseMs = firstPauseMs;
      log('warn', `${what} ended (${why}), starting it again in ${pauseMs / 1000} s; see ${logFile}`);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  };

  return {
    state: () => {
      if (child !== undefined) return { state: 'running', pid: child.pid };
      return { state: running === undefined ? 'stopped' : 'restarting' };
    },
    start: async () => {
      if (running !== undefined) return;
      const stopped = new AbortController();
      const { promise: attempted, resolve } = Promise.withResolvers<void>();
      running = { stopped, done: keepAlive(stopped.signal, resolve) };
      await attempted;
    },
    stop: async (how) => {
      if (running === undefined) return;
      const { stopped, done } = running;
      running = undefined;
      stopped.abort();
      if (how === 'kill') child?.signal('SIGKILL');
      await child?.stop(stopGraceMs);
      await done;
    },
  };
};
