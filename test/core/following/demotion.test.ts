import { describe, expect, test } from 'vitest';
import {
  type Demotion,
  demotionAnnotation,
  demotionOf,
  demotionText,
  hasParted,
  leftNothing,
  wasPrimaryLater,
} from '../../../core/following/demotion.ts';
import type { ReplicationState } from '../../../core/model/volume-replication.ts';

const at = Date.parse('2026-03-01T12:00:00Z');
const askedAt = at - 5_000;

const object = (wants: ReplicationState, generation: number | undefined, mark?: string) => ({
  metadata: {
    name: 'db',
    ...(generation !== undefined && { generation }),
    ...(mark !== undefined && { annotations: { [demotionAnnotation]: mark } }),
  },
  spec: { replicationState: wants },
});

const yes: Demotion = { kind: 'marked', followed: 'yes', at };
const unmarked: Demotion = { kind: 'unmarked', at: askedAt };
const never: Demotion = { kind: 'never' };
const mark = (generation: number): string => demotionText({ followed: 'yes', at }, generation);

describe('the mark of a demotion', () => {
  test('is JSON with a time in whole seconds', () => {
    expect(demotionText({ followed: 'no', at: at + 400 }, 7)).toBe(
      '{"followed":"no","generation":7,"at":"2026-03-01T12:00:00Z"}',
    );
  });

  test.each<[string, ReturnType<typeof object>, Demotion]>([
    ['speaks of the version of the spec that asks for it', object('secondary', 4, mark(4)), yes],
    ['speaks of a resync, too', object('resync', 4, mark(4)), yes],
    ['speaks of the version before where that asks for primary again', object('primary', 5, mark(4)), yes],
    ['is void after another change of the spec', object('secondary', 5, mark(4)), unmarked],
    ['is void for a primary that asks once more', object('primary', 6, mark(4)), unmarked],
    ['is void for a version that asks for primary by itself', object('primary', 4, mark(4)), unmarked],
    ['is void before the change that it speaks of', object('secondary', 3, mark(4)), unmarked],
    ['of another copy is void on an object that was just created', object('secondary', 1, mark(4)), never],
    ['counts for an object that was created with it', object('secondary', 1, mark(1)), yes],
  ])('%s', (_, given, expected) => {
    expect(demotionOf(given, askedAt)).toEqual(expected);
  });

  test.each<[string, ReturnType<typeof object>, Demotion]>([
    ['counts where the deletion has raised the generation', object('secondary', 5, mark(4)), yes],
    ['counts where it has not', object('secondary', 4, mark(4)), yes],
    ['counts where primary was asked for again before', object('primary', 6, mark(4)), yes],
    ['is void after another change of the spec', object('secondary', 6, mark(4)), unmarked],
    ['is void before the change that it speaks of', object('secondary', 3, mark(4)), unmarked],
    ['is missed where nothing tells what the first version was', object('secondary', 2), unmarked],
  ])('on an object that is being deleted %s', (_, given, expected) => {
    const deletionTimestamp = '2026-03-01T12:05:00Z';
    const deleted = { ...given, metadata: { ...given.metadata, deletionTimestamp } };
    expect(demotionOf(deleted, askedAt)).toEqual(expected);
  });

  test.each([
    ['is empty', ''],
    ['is no JSON', '{"followed":"yes"'],
    ['is no object', '"yes"'],
    ['is null', 'null'],
    ['knows another word', '{"followed":"perhaps","generation":4,"at":"2026-03-01T12:00:00Z"}'],
    ['has a generation that is text', '{"followed":"yes","generation":"4","at":"2026-03-01T12:00:00Z"}'],
    ['has no generation', '{"followed":"yes","at":"2026-03-01T12:00:00Z"}'],
    ['has no time', '{"followed":"yes","generation":4}'],
    ['has a time that is none', '{"followed":"yes","generation":4,"at":"soon"}'],
    ['has a time that is a number', '{"followed":"yes","generation":4,"at":1772366400}'],
  ])('says nothing where it %s', (_, text) => {
    expect(demotionOf(object('secondary', 4, text), askedAt)).toEqual(unmarked);
  });

  test.each(['yes', 'no', 'unknown'] as const)('is read as it was written: %s', (followed) => {
    const given = object('secondary', 4, demotionText({ followed, at }, 4));
    expect(demotionOf(given, undefined)).toEqual({ kind: 'marked', followed, at });
  });

  test('names the sync that told', () => {
    const note = { followed: 'yes', at, lastSync: at - 60_000 } as const;
    const text = demotionText(note, 4);
    expect(JSON.parse(text)).toMatchObject({ lastSync: '2026-03-01T11:59:00Z' });
    expect(demotionOf(object('secondary', 4, text), undefined)).toEqual({ kind: 'marked', ...note });
  });
});

describe('without a mark, a replication', () => {
  test.each<[string, ReturnType<typeof object>, Demotion]>([
    ['that was created as a replica was never primary', object('secondary', 1), never],
    ['that was created to be resynced was never primary', object('resync', 1), never],
    ['that was changed since may have been primary', object('secondary', 2), unmarked],
    ['that was created as primary may have been demoted by another one', object('primary', 1), unmarked],
    ['of no version tells nothing', object('secondary', undefined), unmarked],
  ])('%s', (_, given, expected) => {
    expect(demotionOf(given, askedAt)).toEqual(expected);
  });

  test('tells no time where nobody knows when it was asked for', () => {
    expect(demotionOf(object('secondary', 2), undefined)).toEqual({ kind: 'unmarked', at: undefined });
  });
});

test.each<[string, Demotion, boolean]>([
  ['was never primary', never, true],
  ['was followed', yes, true],
  ['was not followed', { ...yes, followed: 'no' }, false],
  ['is not known to have been followed', { ...yes, followed: 'unknown' }, false],
  ['is not marked', unmarked, false],
])('a copy that %s leaves the other site with everything: %#', (_, demotion, expected) => {
  expect(leftNothing(demotion)).toBe(expected);
});

describe('a site was primary after the other one', () => {
  const minutes = (count: number): number => at + count * 60_000;
  const marked = (count: number, followed: 'yes' | 'no' = 'no'): Demotion => ({
    kind: 'marked',
    followed,
    at: minutes(count),
  });

  test.each<[string, Demotion, Demotion, boolean]>([
    ['where its demotion is later by more than clocks differ', marked(6), marked(0), true],
    ['whatever was followed', marked(6, 'yes'), marked(0, 'yes'), true],
    ['where the other one has a time though no mark', marked(6), { kind: 'unmarked', at }, true],
    ['not where its demotion is later by what clocks may differ', marked(5), marked(0), false],
    ['not where its demotion is earlier', marked(0), marked(6), false],
    ['not where the other one tells no time', marked(6), { kind: 'unmarked', at: undefined }, false],
    ['not by a time that nobody marked', { kind: 'unmarked', at: minutes(6) }, marked(0), false],
    ['not where it never was primary', never, marked(0), false],
    ['not where the other one never was: there is nothing to be later than', marked(6), never, false],
  ])('%s', (_, own, other, expected) => {
    expect(wasPrimaryLater(own, other)).toBe(expected);
  });
});

describe('a copy went its own way', () => {
  const marked = (followed: 'yes' | 'no' | 'unknown', seconds: number) => ({
    kind: 'marked' as const,
    followed,
    at: at + seconds * 1_000,
  });

  test.each<[string, Demotion, Demotion, boolean]>([
    [
      'where it was demoted unfollowed, and the other site was primary after that',
      marked('no', 0),
      marked('yes', 60),
      true,
    ],
    [
      'where the other one was followed by a sync of before',
      marked('no', 0),
      { ...marked('yes', 60), lastSync: at },
      true,
    ],
    [
      'where the other one was not followed, whatever sync was known',
      marked('no', 0),
      { ...marked('no', 60), lastSync: at + 30_000 },
      true,
    ],
    [
      'where a sync of the other one is later by no more than clocks may differ',
      marked('no', 0),
      { ...marked('yes', 600), lastSync: at + 5 * 60_000 },
      true,
    ],
    [
      'but not where a sync of the other one arrived after it had been demoted',
      marked('no', 0),
      { ...marked('yes', 600), lastSync: at + 6 * 60_000 },
      false,
    ],
    ['where nobody knows whether it was followed', marked('unknown', 0), marked('yes', 60), true],
    ['but not where it had been followed', marked('yes', 0), marked('yes', 60), false],
    ['but not where the other site was primary before it alone', marked('no', 60), marked('yes', 0), false],
    ['but not where the other site never was primary', marked('no', 0), { kind: 'never' }, false],
    ['but not where it was never primary itself', { kind: 'never' }, marked('yes', 60), false],
  ])('%s', (_, own, other, expected) => {
    expect(hasParted(own, other)).toBe(expected);
  });
});
