import { describe, expect, test } from 'vitest';
import { chooseDirection, type DirectionFacts, type PairRoles } from '../../../core/plan/choose-direction.ts';
import { dark } from '../step/pair.ts';

const names = { here: 'east', there: 'west' };
const lit = { here: undefined, there: undefined };
const here: PairRoles = { here: 'primary', there: 'secondary' };
const there: PairRoles = { here: 'secondary', there: 'primary' };
const both: PairRoles = { here: 'primary', there: 'primary' };
const neither: PairRoles = { here: 'secondary', there: 'secondary' };

const choose = (facts: Partial<DirectionFacts>): string => {
  const direction = chooseDirection({
    verb: 'relocate',
    names,
    dark: lit,
    roles: [here],
    to: undefined,
    recorded: undefined,
    untold: undefined,
    ...facts,
  });
  return direction.known ? direction.value : `? ${direction.why}`;
};

const unrecorded =
  '? no record tells where the volumes came from, so that either copy may be the older one: name the target with --to';
const untold = '? which way to go cannot be told from what both sites show: name the target with --to';

describe('the way of a relocate', () => {
  test.each<[string, Partial<DirectionFacts>, string]>([
    ['is away from where the volumes are primary', {}, 'there'],
    ['is away from there as well', { roles: [there] }, 'here'],
    ['is the one that is named, whatever the roles are', { to: 'east' }, 'here'],
    [
      'is none where another site is named',
      { to: 'north' },
      '? --to=north is none of the two sites, east and west',
    ],
    ['is that of the move that was begun', { roles: [there], recorded: 'there' }, 'there'],
    [
      'has to be named where volumes are primary on either side',
      { roles: [here, there] },
      '? some volumes are primary on east and some on west: name the target with --to',
    ],
    ['is told by those that are primary on one side', { roles: [here, neither] }, 'there'],
    [
      'is to the site that answers, where it is refused with what is left to do',
      { roles: [{ here: 'unknown', there: 'secondary' }], dark: { here: dark, there: undefined } },
      'there',
    ],
    ['is told by nothing where both sides are primary', { roles: [both] }, untold],
    ['is told by nothing where neither is', { roles: [neither] }, untold],
  ])('%s', (_, facts, expected) => {
    expect(choose(facts)).toBe(expected);
  });
});

describe('the way of a failover', () => {
  test.each<[string, Partial<DirectionFacts>, string]>([
    ['is to the site that answers', { dark: { here: dark, there: undefined } }, 'there'],
    [
      'is to the site that answers, whatever was recorded',
      { dark: { here: undefined, there: dark }, recorded: 'there' },
      'here',
    ],
    [
      'is the one that is named, first of all',
      { dark: { here: dark, there: undefined }, to: 'east' },
      'here',
    ],
    ['is away from the primary where both answer', {}, 'there'],
  ])('%s', (_, facts, expected) => {
    expect(choose({ verb: 'failover', ...facts })).toBe(expected);
  });
});

describe('the way of a failback', () => {
  test.each<[string, Partial<DirectionFacts>, string]>([
    ['is home, as the last move recorded', { recorded: 'here' }, 'here'],
    ['is the one that is named', { recorded: 'here', to: 'west' }, 'there'],
    [
      'is told by no record while others cannot be read: a later one may tell the other way',
      { recorded: 'here', untold: 'west: no answer' },
      '? not all records can be read (west: no answer), so that either copy may be the older one: run it again, or name the target with --to',
    ],
    ['is the one that is named, whatever cannot be read', { to: 'east', untold: 'west: no answer' }, 'here'],
    ['is told by no role: two primaries look the same from both sides', { roles: [there] }, unrecorded],
  ])('%s', (_, facts, expected) => {
    expect(choose({ verb: 'failback', ...facts })).toBe(expected);
  });
});
