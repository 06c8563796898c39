import { expect, test } from 'vitest';
import { readClassParameters } from '../../../core/replication/parameters.ts';
import { firstSyncDelay, pollIntervalOf } from '../../../core/replication/poll-interval.ts';

const prefix = 'replication.storage.openshift.io/';
const secret = { [`${prefix}replication-secret-name`]: 's', [`${prefix}replication-secret-namespace`]: 'n' };

test('the driver gets what has no reserved prefix, unchanged', () => {
  expect(readClassParameters({ mirroringMode: 'snapshot', ...secret })).toEqual({
    ok: true,
    parameters: { forDriver: { mirroringMode: 'snapshot' }, secret: { name: 's', namespace: 'n' } },
  });
});

test('a class without a secret is accepted', () => {
  expect(readClassParameters(undefined)).toEqual({
    ok: true,
    parameters: { forDriver: {}, secret: undefined },
  });
});

test.each([
  [
    'an unknown reserved key',
    { [`${prefix}foo`]: 'x' },
    `found unknown parameter key "${prefix}foo" with reserved prefix ${prefix}`,
  ],
  [
    'an empty secret name',
    { ...secret, [`${prefix}replication-secret-name`]: '' },
    'secret name cannot be empty',
  ],
  [
    'an empty group secret namespace',
    { [`${prefix}group-replication-secret-namespace`]: '' },
    'secret namespace cannot be empty',
  ],
  ['a secret name alone', { [`${prefix}replication-secret-name`]: 's' }, 'secret namespace cannot be empty'],
])('a class with %s is refused in the words of kubernetes-csi-addons', (_, parameters, error) => {
  expect(readClassParameters(parameters)).toEqual({ ok: false, error });
});

const minute = 60_000;

test.each([
  [undefined, 60 * minute],
  ['', 60 * minute],
  ['5', 60 * minute],
  ['2mm', 60 * minute],
  ['0m', 60 * minute],
  ['1m', minute],
  ['10s', 10_000],
  ['2m', minute],
  ['4m', 2 * minute],
  ['1h', 30 * minute],
  ['1h30m', 45 * minute],
  ['1d', 12 * 60 * minute],
])('with the schedule %s a primary is looked at every %d ms', (schedulingInterval, expected) => {
  expect(pollIntervalOf(schedulingInterval === undefined ? {} : { schedulingInterval })).toBe(expected);
});

test('before the first sync a primary is looked at soon, then ever later up to its interval', () => {
  expect([0, 1_000, 4_000, 600_000].map((since) => firstSyncDelay(since, 2 * minute))).toEqual([
    1_000, 1_000, 4_000, 120_000,
  ]);
});
