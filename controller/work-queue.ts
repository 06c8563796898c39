import type { Requeue } from '../core/replication/step.ts';

/** What a work queue tells of itself. */
export type QueueStats = { waiting: number; running: number; delayed: number };

/** Keys that wait for their turn: each at most once, each worked on by one worker at a time. */
export type WorkQueue = {
  /** At the next turn; a key that is being worked on comes again right after. */
  add(key: string): void;
  /** After a delay, unless it comes earlier. */
  addAfter(key: string, ms: number): void;
  /** Begins to work; keys may be added before. */
  start(): void;
  /** Takes no more keys and settles when the running ones have ended. */
  drain(): Promise<void>;
  stats(): QueueStats;
};

type Options = {
  /** How many keys are worked on at a time. */
  workers: number;
  /** Works on one key; its failures count as `backoff`. */
  process: (key: string) => Promise<Requeue>;
  /** Gets keys that wait for the driver. */
  park: (key: string) => void;
  random: () => number;
  onError: (key: string, error: unknown) => void;
};

const firstBackoffMs = 5;
/** An API server that comes back is noticed within so long. */
const longestErrorBackoffMs = 15_000;

/** Longer waits end together at quarters of a second: fewer wake-ups, and driver calls that share a packet. */
const alignFromMs = 1_000;
const alignToMs = 250;
/** Node's timers go no further: what is longer would fire at once, again and again. */
const longestTimerMs = 2 ** 31 - 1;

/** 5 ms, or `firstMs`, doubling with each failure up to the cap; then between half and all of it. */
export const backoffDelay = (
  failures: number,
  capMs: number,
  random: () => number,
  firstMs = firstBackoffMs,
): number => Math.min(capMs, firstMs * 2 ** Math.min(30, failures - 1)) * (0.5 + random() / 2);

/** Steady waits get up to a tenth more, so that what began together does not stay together. */
export const withJitter = (ms: number, random: () => number): number => ms * (1 + random() / 10);

/** An empty work queue; nothing is worked on before `start`. */
export const createWorkQueue = ({ workers, process, park, random, onError }: Options): WorkQueue => {
  const waiting = new Set<string>();
  const running = new Set<string>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const timers = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  const idle: (() => void)[] = [];
  let state: 'stopped' | 'started' | 'draining' = 'stopped';

  const cancelTimer = (key: string): void => {
    clearTimeout(timers.get(key)?.timer);
    timers.delete(key);
  };

  const schedule = (key: string, requeue: Requeue): void => {
    if (requeue.when === 'backoff') {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      addAfter(key, backoffDelay(count, requeue.capMs, random, requeue.firstMs));
      return;
    }
    if (requeue.when === 'driver-ready') {
      park(key);
      return;
    }
    failures.delete(key);
    if (requeue.when === 'after') addAfter(key, withJitter(requeue.ms, random));
  };

  const work = async (key: string): Promise<void> => {
    let requeue: Requeue = { when: 'backoff', capMs: longestErrorBackoffMs };
    try {
      requeue = await process(key);
    } catch (error) {
      onError(key, error);
    }
    running.delete(key);
    if (state !== 'draining') {
      schedule(key, requeue);
      if (again.delete(key)) add(key);
    }
    turn();
  };

  const turn = (): void => {
    while (state === 'started' && running.size < workers) {
      const next = waiting.values().next();
      if (next.done) break;
      waiting.delete(next.value);
      running.add(next.value);
      cancelTimer(next.value);
      void work(next.value);
    }
    if (state === 'draining' && running.size === 0) for (const settle of idle.splice(0)) settle();
  };

  const add = (key: string): void => {
    if (state === 'draining') return;
    if (running.has(key)) again.add(key);
    else waiting.add(key);
    turn();
  };

  const addAfter = (key: string, ms: number): void => {
    if (state === 'draining') return;
    const exact = performance.now() + ms;
    const at = ms < alignFromMs ? exact : Math.ceil(exact / alignToMs) * alignToMs;
    const known = timers.get(key);
    if (known !== undefined && known.at <= at) return;
    cancelTimer(key);
    const timer = setTimeout(
      () => {
        timers.delete(key);
        add(key);
      },
      Math.max(0, Math.min(longestTimerMs, at - performance.now())),
    );
    timers.set(key, { at, timer });
  };

  return {
    add,
    addAfter,
    start: () => {
      state = 'started';
      turn();
    },
    drain: () => {
      state = 'draining';
      waiting.clear();
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      return new Promise((resolve) => {
        idle.push(resolve);
        turn();
      });
    },
    stats: () => ({ waiting: waiting.size, running: running.size, delayed: timers.size }),
  };
};
