/** Runs one task per key at a time, in the order they came. */
export type KeyedLock = { run<T>(key: string, task: () => Promise<T>): Promise<T> };

/** A lock without keys; those nobody waits for are forgotten. */
export const createKeyedLock = (): KeyedLock => {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run: async (key, task) => {
      const before = tails.get(key) ?? Promise.resolve();
      const mine = before.then(task, task);
      const tail = mine.catch(() => undefined);
      tails.set(key, tail);
      try {
        return await mine;
      } finally {
        if (tails.get(key) === tail) tails.delete(key);
      }
    },
  };
};
