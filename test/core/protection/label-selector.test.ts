import { expect, test } from 'vitest';
import { matchesSelector } from '../../../core/protection/label-selector.ts';

const labels = { app: 'shop', tier: 'db' };
const requirement = (key: string, operator: string, values?: string[]) => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});

const cases: [string, Parameters<typeof matchesSelector>[0], boolean | undefined][] = [
  ['an empty selector takes in everything', {}, true],
  ['labels that are equal fit', { matchLabels: { app: 'shop', tier: 'db' } }, true],
  ['one label of another value does not', { matchLabels: { app: 'shop', tier: 'web' } }, false],
  ['a label that is missing does not', { matchLabels: { zone: 'a' } }, false],
  ['a word that every object of JavaScript has is no label', { matchLabels: { constructor: 'x' } }, false],
  ['In: among the values', requirement('tier', 'In', ['web', 'db']), true],
  ['In: not among the values', requirement('tier', 'In', ['web']), false],
  ['In: the label is missing', requirement('zone', 'In', ['a']), false],
  ['NotIn: among the values', requirement('tier', 'NotIn', ['db']), false],
  ['NotIn: the label is missing', requirement('zone', 'NotIn', ['a']), true],
  ['Exists', requirement('tier', 'Exists'), true],
  ['Exists: the label is missing', requirement('zone', 'Exists'), false],
  ['DoesNotExist', requirement('tier', 'DoesNotExist'), false],
  ['DoesNotExist: the label is missing', requirement('zone', 'DoesNotExist'), true],
  ['an operator nobody knows is unknown', requirement('tier', 'Near', ['db']), undefined],
  ['In without values is understood by nobody', requirement('tier', 'In', []), undefined],
  [
    'what is ruled out already stays so, whatever else the selector says',
    { matchLabels: { app: 'other' }, ...requirement('tier', 'Near') },
    false,
  ],
  [
    'all requirements must be met',
    { matchLabels: { app: 'shop' }, ...requirement('tier', 'NotIn', ['db']) },
    false,
  ],
];

test.each(cases)('%s', (_, selector, expected) => {
  expect(matchesSelector(selector, labels)).toBe(expected);
});

test('a claim without labels fits only what asks for none', () => {
  expect(matchesSelector({ matchLabels: { app: 'shop' } }, undefined)).toBe(false);
  expect(matchesSelector(requirement('app', 'DoesNotExist'), undefined)).toBe(true);
});
