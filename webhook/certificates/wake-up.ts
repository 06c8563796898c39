/** Lets one loop sleep until somebody has news for it. News that comes while it works is not lost. */
export type WakeUp = {
  wake(): void;
  /** Resolves after the time, at the next `wake`, at once where one came meanwhile, or when the signal aborts. */
  sleep(ms: number): Promise<void>;
};

/** A wake-up for one loop, which ends with the signal. */
export const createWakeUp = (signal: AbortSignal): WakeUp => {
  let hasNews = false;
  let rouse: (() => void) | undefined;
  const wake = (): void => {
    hasNews = true;
    rouse?.();
  };
  signal.addEventListener('abort', wake, { once: true });
  return {
    wake,
    sleep: async (ms) => {
      if (!hasNews && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        rouse = resolve;
        const timer = setTimeout(resolve, ms);
        await promise;
        clearTimeout(timer);
        rouse = undefined;
      }
      hasNews = false;
    },
  };
};
