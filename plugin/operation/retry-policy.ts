import { DrError } from '../../core/model/error.ts';
import { describeFailure } from '../step/step-failure.ts';
import type { Attempts } from './group-state.ts';

const second = 1_000;

/** Answers of a server, or the lack of one, that pass by themselves. */
const passing: readonly string[] = [
  'Unreachable',
  'RequestTimeout',
  'Timeout',
  'TooManyRequests',
  'ServiceUnavailable',
  'InternalError',
  'ServerTimeout',
  'Conflict',
  'InUse',
  'HTTP429',
  'HTTP500',
  'HTTP502',
  'HTTP503',
  'HTTP504',
];

/** Whether a failure passes by itself. */
export const mayPass = (error: unknown): boolean => error instanceof DrError && passing.includes(error.code);

/** Milliseconds until the next attempt, after so many that failed. */
export const pauseAfter = (count: number): number => Math.min(10 * second, 250 * 2 ** (count - 1));

/** How long a failure is given, in milliseconds; 0: it does not pass. A webhook may be a moment behind what we see. */
const patience = (error: unknown): number => {
  if (mayPass(error)) return 120 * second;
  const { type } = describeFailure(error, { name: '', context: '', kubectl: 'kubectl' });
  return type === 'Refused' ? 6 * second : 0;
};

/** When a request is made again, after so many attempts; undefined where that makes no sense. Times in milliseconds. */
export const retryAt = (
  error: unknown,
  { count, since }: Pick<Attempts, 'count' | 'since'>,
  now: number,
): number | undefined => {
  if (now - since >= patience(error)) return undefined;
  return now + pauseAfter(count);
};
