import { describe, expect, test } from 'vitest';
import { sayAge, sayDuration } from '../../../../sandbox/api-server/kinds/age.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('a duration, as kubectl prints ages', () => {
  test.each([
    [-5 * second, '<invalid>', 'a clock that is behind'],
    [-500, '0s', 'a clock that is a little behind'],
    [0, '0s', 'nothing'],
    [119 * second, '119s', 'just under two minutes'],
    [2 * minute, '2m', 'whole minutes'],
    [2 * minute + 5 * second, '2m5s', 'few minutes show their seconds'],
    [12 * minute + 5 * second, '12m', 'many minutes do not'],
    [3 * hour, '3h', 'whole hours'],
    [3 * hour + 20 * minute, '3h20m', 'few hours show their minutes'],
    [47 * hour, '47h', 'just under two days'],
    [2 * day + 3 * hour, '2d3h', 'few days show their hours'],
    [9 * day + 3 * hour, '9d', 'many days do not'],
    [730 * day, '2y', 'two years'],
    [800 * day, '2y70d', 'few years show their days'],
    [10 * 365 * day, '10y', 'many years do not'],
  ])('%d ms is %s: %s', (ms, expected) => {
    expect(sayDuration(ms)).toBe(expected);
  });

  test('an age without a time is unknown', () => {
    expect(sayAge(undefined, 0)).toBe('<unknown>');
  });
});
