import { describe, expect, test } from 'vitest';
import type { MoveGroup } from '../../../core/plan/move.ts';
import { type ConflictsOf, restorableGroups } from '../../../core/plan/restorable-groups.ts';
import type { RestoreConflict } from '../../../core/restore/conflict.ts';
import { moving } from './moves.ts';

const groups: readonly MoveGroup[] = ['a', 'b', 'c'].map((name) => ({ name, volumes: [moving(name)] }));

const key = (name: string) => ({ namespace: 'shop', name });
const ofClaim = (name: string): RestoreConflict => ({
  object: { kind: 'PersistentVolumeClaim', ...key(name) },
  fact: `${name} is taken`,
  next: 'look at it',
});
const ofCluster = (fact: string, claims?: readonly string[]): RestoreConflict => ({
  object: { kind: 'ResourceQuota', namespace: 'shop', name: 'limits' },
  claims: claims?.map(key),
  fact,
  next: 'raise it',
});

/** A conflict that is there while all of some groups are. */
const while_ =
  (names: readonly string[], conflict: RestoreConflict): ConflictsOf =>
  (some) =>
    names.every((name) => some.some((group) => group.name === name)) ? [conflict] : [];

const outcome = (...found: readonly ConflictsOf[]): string => {
  const { open, refused } = restorableGroups(groups, (some) => found.flatMap((one) => one(some)));
  const stopped = refused.map(
    ({ group, conflicts }) => `${group.name}: ${conflicts.map(({ fact }) => fact).join(' and ')}`,
  );
  return `${open.map(({ name }) => name).join(' ')}; ${stopped.join('; ')}`;
};

describe('what stands against the restore of one group', () => {
  test.each<[string, readonly ConflictsOf[], string]>([
    ['nothing', [], 'a b c; '],
    ['stops that group alone', [while_(['b'], ofClaim('b'))], 'a c; b: b is taken'],
    [
      'stops each of several with its own',
      [while_(['a'], ofClaim('a')), while_(['c'], ofClaim('c'))],
      'b; a: a is taken; c: c is taken',
    ],
    [
      'stops all where each of them has it',
      groups.map(({ name }) => while_([name], ofClaim(name))),
      '; a: a is taken; b: b is taken; c: c is taken',
    ],
    [
      'stops those together that fit only alone',
      [while_(['a', 'c'], ofCluster('too much', ['a', 'c']))],
      'b; a: too much; c: too much',
    ],
    [
      'stops everything that fits where nobody knows whom it is about',
      [while_(['a', 'c'], ofCluster('too much'))],
      '; a: too much; b: too much; c: too much',
    ],
    [
      'does not count what is stopped already',
      [while_(['b'], ofClaim('b')), while_(['a', 'b'], ofCluster('too much', ['a', 'b']))],
      'a c; b: b is taken',
    ],
  ])('%s', (_, found, said) => {
    expect(outcome(...found)).toBe(said);
  });

  test('is not asked about nothing', () => {
    expect(restorableGroups([], () => [ofClaim('a')])).toEqual({ open: [], refused: [] });
  });
});
