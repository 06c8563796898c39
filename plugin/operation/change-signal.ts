import { setTimeout as delay } from 'node:timers/promises';

/** Tells whoever waits that something may have changed. */
export type ChangeSignal = {
  readonly notify: () => void;
  /** Settles at the next change, or when the time is up. Never rejects: an aborted signal settles it as well. */
  next(longestMs: number, signal: AbortSignal): Promise<void>;
};

/** A signal that nobody has given yet. One that was given while nobody waited is not lost. */
export const createChangeSignal = (): ChangeSignal => {
  let isGiven = false;
  const waiting = new Set<() => void>();
  return {
    notify: () => {
      isGiven = waiting.size === 0;
      for (const wake of [...waiting]) wake();
      waiting.clear();
    },
    next: async (longestMs, signal) => {
      if (isGiven || signal.aborted) {
        isGiven = false;
        return;
      }
      const change = Promise.withResolvers<void>();
      const ending = new AbortController();
      waiting.add(change.resolve);
      const both = AbortSignal.any([signal, ending.signal]);
      await Promise.race([
        change.promise,
        delay(longestMs, undefined, { signal: both }).catch(() => undefined),
      ]);
      waiting.delete(change.resolve);
      ending.abort();
    },
  };
};
