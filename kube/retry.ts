import { setTimeout as delay } from 'node:timers/promises';
import { DrError } from '../core/model/error.ts';
import { ApiError } from './api-error.ts';

/** What decides on another attempt. */
export type Attempt = { method: string; number: number; elapsedMs: number; error: unknown };

const firstDelayMs = 200;
const longestDelayMs = 5_000;
const attemptsAtMost = 5;

/** The server says that it did not act: any request may be sent again. */
const wasTurnedAway = (error: unknown): boolean =>
  error instanceof ApiError && (error.httpStatus === 429 || error.httpStatus === 503);

/** Reads may fail and be repeated; of a write nobody knows whether it happened, so its caller decides. */
const isRepeatableRead = (method: string, error: unknown): boolean =>
  method === 'GET' &&
  (error instanceof ApiError
    ? error.httpStatus === 500 || error.httpStatus === 502 || error.httpStatus === 504
    : error instanceof DrError && error.code === 'Unreachable');

/**
 * Milliseconds until the next attempt, with jitter; undefined when there should be none.
 * `Retry-After` is honoured, and an attempt that would begin after the deadline is not made.
 */
export const retryDelay = (
  attempt: Attempt,
  deadlineMs: number,
  random: () => number,
): number | undefined => {
  const { method, number, elapsedMs, error } = attempt;
  if (number >= attemptsAtMost || !(wasTurnedAway(error) || isRepeatableRead(method, error)))
    return undefined;
  // A refused connection seldom heals within a request: one more try catches a server that is just restarting.
  if (!(error instanceof ApiError) && number >= 2) return undefined;
  const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  const backoff = Math.min(longestDelayMs, firstDelayMs * 2 ** (number - 1)) * (0.5 + random());
  const wait = Math.max(asked, backoff);
  return elapsedMs + wait < deadlineMs ? wait : undefined;
};

/** Runs `attempt` until it succeeds or `retryDelay` says stop; then the last error is thrown. */
export const withRetries = async <T>(
  options: {
    method: string;
    deadlineMs: number;
    signal: AbortSignal | undefined;
    now: () => number;
    random: () => number;
  },
  attempt: (timeLeftMs: number) => Promise<T>,
): Promise<T> => {
  const { method, deadlineMs, signal, now, random } = options;
  const startedAt = now();
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(Math.max(1, deadlineMs - (now() - startedAt)));
    } catch (error) {
      const wait = retryDelay({ method, number, elapsedMs: now() - startedAt, error }, deadlineMs, random);
      if (wait === undefined || signal?.aborted) throw error;
      await delay(wait, undefined, signal === undefined ? {} : { signal });
    }
  }
};
