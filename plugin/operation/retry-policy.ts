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

const refusalsAt = (id: string): string => `${id}, refused`;

/** Under which keys the attempts at a write are kept. */
export const attemptsAt = (id: string): readonly string[] => [id, refusalsAt(id)];

/**
 * Notes that a write failed once more, and whether it is tried again. A refusal has a patience of its own: a guard that does not hear from the
 * other site in time may follow a server that was busy for longer than a refusal is given.
 */
export const noteFailure = (
  attempts: Map<string, Attempts>,
  id: string,
  error: unknown,
  now: number,
): boolean => {
  const key = mayPass(error) ? id : refusalsAt(id);
  const noted = attempts.get(key) ?? { count: 0, since: now, retryAt: 0 };
  noted.count += 1;
  const again = retryAt(error, noted, now);
  if (again === undefined) return false;
  noted.retryAt = again;
  attempts.set(key, noted);
  return true;
};
