import { expect, test } from 'vitest';
import { formatGoDuration, parseGoDuration, parseSchedulingInterval } from '../../../core/model/duration.ts';

test.each([
  ['0', 0],
  ['0s', 0],
  ['15s', 15_000],
  ['3m', 180_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1_500],
  ['100ms', 100],
  ['.5h', 1_800_000],
  ['-2m', -120_000],
  ['1h0m0.5s', 3_600_500],
])('Go reads the duration %s as %d ms', (text, milliseconds) => {
  expect(parseGoDuration(text)).toBe(milliseconds);
});

test.each(['', '5', '1d', '2mm', 'm', '1h 30m', '1,5s', '-', 'abc'])(
  'Go refuses the duration "%s"',
  (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  },
);

test.each([
  ['1m', 60_000],
  ['24h', 86_400_000],
  ['3d', 259_200_000],
])('ceph-csi takes the interval %s', (text, milliseconds) => {
  expect(parseSchedulingInterval(text)).toBe(milliseconds);
});

test.each(['90s', '1h30m', 'm', '1w', ' 1m', ''])('ceph-csi refuses the interval "%s"', (text) => {
  expect(parseSchedulingInterval(text)).toBeUndefined();
});

test.each([
  [0, 0, '0s'],
  [5, 0, '5s'],
  [65, 0, '1m5s'],
  [3600, 0, '1h0m0s'],
  [1, 500_000_000, '1.5s'],
  [0, 150_000_000, '150ms'],
  [0, 1_500, '1.5µs'],
  [0, 7, '7ns'],
  [90_061, 1_000_000, '25h1m1.001s'],
  [-65, 0, '-1m5s'],
])('%d s and %d ns are written as Go writes them: %s', (seconds, nanos, text) => {
  expect(formatGoDuration({ seconds, nanos })).toBe(text);
});

test('what is written is read back by the same grammar', () => {
  for (const seconds of [1, 59, 60, 3599, 3600, 86_399]) {
    expect(parseGoDuration(formatGoDuration({ seconds, nanos: 0 }))).toBe(seconds * 1000);
  }
});
