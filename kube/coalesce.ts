/**
 * Lets many who ask the same within a short time share one answer, which was asked for at most `maxAgeMs` before. Who joins
 * shares a failure, too; a failure is not kept.
 */
export const createCoalescing = ({ maxAgeMs, now }: { maxAgeMs: number; now: () => number }) => {
  const asked = new Map<string, { at: number; answer: Promise<unknown> }>();
  const forgetOld = (): void => {
    const oldest = now() - maxAgeMs;
    // In the order they were asked: the first that is young enough ends it.
    for (const [key, { at }] of asked) {
      if (at > oldest) return;
      asked.delete(key);
    }
  };
  /** `key` must tell what is asked, and with it the type of the answer. */
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    forgetOld();
    const shared = asked.get(key);
    if (shared !== undefined) return shared.answer as Promise<T>;
    const answer = ask();
    const entry = { at: now(), answer };
    asked.set(key, entry);
    answer.catch(() => {
      if (asked.get(key) === entry) asked.delete(key);
    });
    return answer;
  };
};

/** What `createCoalescing` makes. */
export type Coalescing = ReturnType<typeof createCoalescing>;
