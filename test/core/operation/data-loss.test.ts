import { describe, expect, it, test } from 'vitest';
import { greatestLoss, lossInShort } from '../../../core/operation/data-loss.ts';
import { secondsBetween } from '../../../core/operation/seconds-between.ts';

describe('of several losses, the greatest is told', () => {
  it.each<[(string | undefined)[], string | undefined]>([
    [[], undefined],
    [[undefined], undefined],
    [['0s', undefined], '0s'],
    [
      ['0s', 'at most 3m28s (last sync 2026-11-25T23:13:03Z, as the backup knew)', 'at most 4m'],
      'at most 4m',
    ],
    [['at most 5m', 'at most 3h2m'], 'at most 3h2m'],
    [['at most 3h2m', 'unknown (no sync is known here)'], 'unknown (no sync is known here)'],
    [['whatever somebody wrote', 'unknown'], 'unknown'],
  ])('of %j', (losses, expected) => {
    expect(greatestLoss(losses)).toBe(expected);
  });
});

test('a loss in short leaves out who says so', () => {
  expect(['0s', 'unknown (nobody knows (really))', 'at most 4m (last sync then)'].map(lossInShort)).toEqual([
    '0s',
    'unknown',
    'at most 4m',
  ]);
});

describe('seconds between two moments are those between the times that are written down', () => {
  it.each([
    [1_000, 2_999, 1],
    [1_999, 3_000, 2],
    [1_999, 2_000, 1],
    [1_000, 1_999, 0],
    [5_000, 1_000, 0],
  ])('from %i until %i', (from, until, seconds) => {
    expect(secondsBetween(from, until)).toBe(seconds);
  });
});
