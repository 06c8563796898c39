import { expect, test } from 'vitest';
import { DrError } from '../../core/model/error.ts';
import { ApiError } from '../../kube/api-error.ts';
import { retryDelay } from '../../kube/retry.ts';

const api = (httpStatus: number, retryAfterSeconds?: number) =>
  new ApiError({ httpStatus, message: 'x', retryAfterSeconds });
const cut = new DrError({ code: 'Unreachable', message: 'x' });
const slow = new DrError({ code: 'RequestTimeout', message: 'x' });

const delayOf = (method: string, error: unknown, { number = 1, elapsedMs = 0 } = {}) =>
  retryDelay({ method, number, elapsedMs, error }, 30_000, () => 0.5);

test.each([
  ['a read that was turned away', 'GET', api(429), 200],
  ['a write that was turned away', 'POST', api(503), 200],
  ['what is to be sent after 3 s', 'PATCH', api(429, 3), 3_000],
  ['a read that failed inside', 'GET', api(500), 200],
  ['a read whose connection was cut', 'GET', cut, 200],
])('%s is sent again', (_, method, error, delay) => {
  expect(delayOf(method, error)).toBe(delay);
});

test.each([
  ['a write that failed inside', 'POST', api(500)],
  ['a write whose connection was cut: nobody knows whether it happened', 'PATCH', cut],
  ['what was refused', 'GET', api(403)],
  ['what is not there', 'GET', api(404)],
  ['what took too long', 'GET', slow],
])('%s is not sent again', (_, method, error) => {
  expect(delayOf(method, error)).toBeUndefined();
});

test('the pause doubles up to five seconds', () => {
  expect([1, 2, 3, 4].map((number) => delayOf('GET', api(429), { number }))).toEqual([200, 400, 800, 1_600]);
});

test('after five attempts, or where the next would begin too late, the error stands', () => {
  expect(delayOf('GET', api(429), { number: 5 })).toBeUndefined();
  expect(delayOf('GET', api(429, 20), { elapsedMs: 15_000 })).toBeUndefined();
});
