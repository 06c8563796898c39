import { messageOf } from '../../../core/model/error.ts';

/** Where progress and failures of the cluster controllers are told. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Record<string, unknown>,
) => void;

export type WorkQueueOptions = {
  /** Works on one key; resolves to milliseconds after which to look again, or to nothing. */
  handle: (key: string) => Promise<number | undefined>;
  /** Keys at work at the same time. One key is never at work twice. */
  concurrency: number;
  /** A number from 0 to 1, for the jitter of the back-off. */
  random: () => number;
  onFailure: (key: string, thrown: unknown, retryAfterMs: number) => void;
  signal: AbortSignal;
};

export type WorkQueue = {
  add(key: string): void;
  /** Keys waiting or at work; those waiting for their time do not count. */
  readonly busy: number;
};

const firstRetryMs = 25;
const lastRetryMs = 30_000;

/** Milliseconds before the next try: doubling from 25 ms to 30 s, each between its half and its whole. */
export const retryDelayMs = (failures: number, random: () => number): number =>
  Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failures, 20)) * (0.5 + random() / 2);

/**
 * Keys to look at, each at most once at a time: a key added while it is at work is looked at once more afterwards. A key that
 * fails comes back with growing distance; looking at it anew because it changed does not wait for that.
 */
export const createWorkQueue = (options: WorkQueueOptions): WorkQueue => {
  const { handle, concurrency, random, onFailure, signal } = options;
  const waiting = new Set<string>();
  const working = new Set<string>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();

  const later = (key: string, delayMs: number): void => {
    clearTimeout(timers.get(key));
    const timer = setTimeout(() => {
      timers.delete(key);
      add(key);
    }, delayMs);
    timers.set(key, timer);
  };

  const work = async (key: string): Promise<void> => {
    try {
      const againAfterMs = await handle(key);
      failures.delete(key);
      if (againAfterMs !== undefined && !signal.aborted) later(key, againAfterMs);
    } catch (thrown) {
      if (signal.aborted) return;
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      const delayMs = retryDelayMs(count, random);
      onFailure(key, thrown, delayMs);
      later(key, delayMs);
    } finally {
      working.delete(key);
      if (again.delete(key)) waiting.add(key);
      pump();
    }
  };

  const pump = (): void => {
    for (const key of waiting) {
      if (signal.aborted || working.size >= concurrency) return;
      waiting.delete(key);
      working.add(key);
      void work(key);
    }
  };

  const add = (key: string): void => {
    if (signal.aborted) return;
    if (working.has(key)) again.add(key);
    else waiting.add(key);
    pump();
  };

  signal.addEventListener(
    'abort',
    () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      waiting.clear();
    },
    { once: true },
  );

  return {
    add,
    get busy() {
      return waiting.size + working.size;
    },
  };
};

/** One line for a failed look at a key. */
export const describeFailure = (controller: string, key: string, thrown: unknown): string =>
  `${controller} could not settle ${key}: ${messageOf(thrown)}`;
