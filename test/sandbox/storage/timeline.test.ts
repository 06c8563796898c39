import { describe, expect, it } from 'vitest';
import { branchOff, passesThrough } from '../../../sandbox/storage/timeline.ts';

const first = { epoch: 'a', past: [] };
const second = branchOff(first, 3, 'b');
const third = branchOff(second, 2, 'c');

describe('the history of a copy', () => {
  it.each([
    ['what it has reached', first, 4, { epoch: 'a', sequence: 4 }, true],
    ['what it has not reached yet', first, 4, { epoch: 'a', sequence: 5 }, false],
    ['an earlier epoch up to where it branched off', second, 1, { epoch: 'a', sequence: 3 }, true],
    ['what came after that on the other branch', second, 1, { epoch: 'a', sequence: 4 }, false],
    ['an epoch before the last one', third, 0, { epoch: 'a', sequence: 3 }, true],
    ['a middle epoch beyond the branch', third, 9, { epoch: 'b', sequence: 3 }, false],
    ['an epoch it has nothing to do with', third, 9, { epoch: 'x', sequence: 1 }, false],
  ])('tells whether it goes through %s', (_, timeline, sequence, position, expected) => {
    expect(passesThrough(timeline, sequence, position)).toBe(expected);
  });
});
