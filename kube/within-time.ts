import { DrError } from '../core/model/error.ts';

/**
 * The outcome of some work, or a `RequestTimeout` after `ms` or once the signal aborts, whichever is first. The work itself goes
 * on: others may wait for it.
 */
export const withinTime = async <T>(
  work: Promise<T>,
  { ms, signal, what }: { ms: number; signal: AbortSignal; what: string },
): Promise<T> => {
  const late = Promise.withResolvers<never>();
  const end = (): void =>
    late.reject(
      new DrError({ code: 'RequestTimeout', message: `${what} did not answer in time`, hint: 'try again' }),
    );
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
};
