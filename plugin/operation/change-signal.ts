import { setTimeout as delay } from 'node:timers/promises';

/** What may have changed since it was last taken: claims by `namespace/name`, or anything at all. */
export type Changes = { readonly all: boolean; readonly claims: ReadonlySet<string> };

/** Tells whoever waits that something may have changed. */
export type ChangeSignal = {
  /** `claims`: those that it is about; left out where that cannot be told. */
  readonly notify: (claims?: readonly string[]) => void;
  /** What has changed since the last call. */
  take(): Changes;
  /** Settles at the next change, or when the time is up. Never rejects: an aborted signal settles it as well. */
  next(longestMs: number, signal: AbortSignal): Promise<void>;
};

/** A signal that nobody has given yet. One that was given while nobody waited is not lost. */
export const createChangeSignal = (): ChangeSignal => {
  let isGiven = false;
  let all = false;
  let claims = new Set<string>();
  const waiting = new Set<() => void>();
  return {
    notify: (changed) => {
      if (changed === undefined) all = true;
      else for (const claim of changed) claims.add(claim);
      isGiven = waiting.size === 0;
      for (const wake of [...waiting]) wake();
      waiting.clear();
    },
    take: () => {
      const taken = { all, claims };
      all = false;
      claims = new Set();
      return taken;
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
