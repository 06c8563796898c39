import { parseGoDuration } from '../../core/model/duration.ts';

/** What an API server waits where it does not say, as `admission.k8s.io` defaults it. */
const defaultTimeoutMs = 10_000;
/** The longest that a registration may ask for. */
const longestTimeoutMs = 30_000;
/** For the way back, so that our own words arrive instead of the API server's "context deadline exceeded". */
const reserveMs = 500;

/** Milliseconds for one review: the `timeout` of its URL (`3s`) less 500 ms, and half of it where it is shorter than a second. */
export const budgetOf = (url: string): number => {
  const text = new URLSearchParams(url.split('?')[1] ?? '').get('timeout');
  const asked = text === null ? undefined : parseGoDuration(text);
  const timeoutMs = asked === undefined || asked <= 0 ? defaultTimeoutMs : Math.min(asked, longestTimeoutMs);
  return Math.max(timeoutMs - reserveMs, timeoutMs / 2);
};

/** The time of one review. */
export type Deadline = {
  /** Aborts when the time is up, or when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Resolves when the signal aborts. */
  readonly passed: Promise<'late'>;
  readonly budgetMs: number;
  /** Nobody waits any more: the work may end. */
  abandon(): void;
  /** Ends the clock; to be called once answered. */
  clear(): void;
};

/** Starts the clock of one review. */
export const startDeadline = (budgetMs: number): Deadline => {
  const ending = new AbortController();
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const abandon = (): void => {
    ending.abort();
    resolve('late');
  };
  const timer = setTimeout(abandon, budgetMs);
  return { signal: ending.signal, passed: promise, budgetMs, abandon, clear: () => clearTimeout(timer) };
};
