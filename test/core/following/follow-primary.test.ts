import { describe, expect, test } from 'vitest';
import { followPrimary, type PrimaryPass } from '../../../core/following/follow-primary.ts';
import type { Condition } from '../../../core/model/kubernetes-object.ts';
import type { GrpcCode, InfoAnswer } from '../../../core/replication/answer.ts';

const promoted = Date.parse('2026-03-01T12:00:00.400Z');
const second = Date.parse('2026-03-01T12:00:00Z');
const now = promoted + 60_000;

const failed = (code: Exclude<GrpcCode, 'OK'>): InfoAnswer => ({ ok: false, code, description: 'x' });
const synced = (lastSyncTime: number | undefined): InfoAnswer => ({
  ok: true,
  info: { lastSyncTime, lastSyncDuration: undefined, lastSyncBytes: 0, health: 'healthy', message: '' },
});

const known = (status: Condition['status'], reason: string): Condition => ({
  type: 'Followed',
  status,
  reason,
  message: 'x',
  lastTransitionTime: '2026-03-01T12:00:00Z',
});

const pass = (differs: Partial<PrimaryPass>): PrimaryPass => ({
  before: undefined,
  promotedAt: undefined,
  askedAt: undefined,
  info: synced(undefined),
  isJournal: false,
  now,
  ...differs,
});

/** `False NoSyncYet`, and since when in milliseconds after the second of the promote. */
const says = (differs: Partial<PrimaryPass>): [string, number | undefined] => {
  const { status, reason, since } = followPrimary(pass(differs));
  return [`${status} ${reason}`, since === undefined ? undefined : since - second];
};

type Case = [sentence: string, pass: Partial<PrimaryPass>, expected: string, since?: number];

describe('in the pass that promotes, the other site', () => {
  const promote = { promotedAt: promoted, now: promoted };

  test.each<Case>([
    ['has not followed while nothing was asked', { info: undefined }, 'False Promoted', 400],
    [
      'has not followed by a sync of long before',
      { info: synced(promoted - 300_000) },
      'False Promoted',
      400,
    ],
    [
      'has not followed by a sync that clocks cannot tell from one of before',
      { info: synced(promoted + 1_900) },
      'False Promoted',
      400,
    ],
    [
      'has followed by a sync that no clock moves before it',
      { info: synced(promoted + 2_000) },
      'True SyncedSincePromote',
    ],
    ['has not followed where the driver knows no sync', { info: synced(undefined) }, 'False NoSyncYet', 400],
    ['has not followed where the driver finds no sync', { info: failed('NotFound') }, 'False NoSyncYet', 400],
    [
      'has not followed where the driver is not through',
      { info: failed('FailedPrecondition') },
      'False NoSyncYet',
      400,
    ],
    [
      'has not followed where the other image is not there',
      { info: failed('Internal') },
      'False NoSyncYet',
      400,
    ],
    ['has not followed where the answer is no news', { info: failed('Unavailable') }, 'False Promoted', 400],
    [
      'is not known to, in journal mode',
      { info: synced(promoted + 9_000), isJournal: true },
      'Unknown SyncTimesNotTold',
      400,
    ],
    [
      'is not known to, of a driver without the call',
      { info: failed('Unimplemented') },
      'Unknown SyncTimesNotTold',
      400,
    ],
    [
      'is not known to, where the sync lies ahead',
      { info: synced(promoted + 2_001) },
      'Unknown ClocksDiffer',
      400,
    ],
    [
      'has not followed whatever was so before an earlier demotion',
      { before: known('True', 'SyncedSincePromote'), info: synced(promoted - 300_000) },
      'False Promoted',
      400,
    ],
  ])('%s', (sentence, differs, expected, since) => {
    const late = sentence.startsWith('has followed') ? { now: promoted + 5_000 } : {};
    expect(says({ ...promote, ...late, ...differs })).toEqual([expected, since]);
  });
});

describe('after a promote that this controller made, the other site', () => {
  const stale = known('False', 'Promoted');
  const none = known('False', 'NoSyncYet');

  test.each<Case>([
    [
      'has not followed while the last sync is one of before',
      { before: stale, info: synced(second - 60_000) },
      'False Promoted',
      0,
    ],
    [
      'has not followed by a sync in the second of the promote, as it may be a leftover',
      { before: stale, info: synced(second) },
      'False Promoted',
      0,
    ],
    [
      'has followed by a sync of two seconds later',
      { before: stale, info: synced(second + 2_000) },
      'True SyncedSincePromote',
    ],
    [
      'has not followed once the driver says that there is no sync',
      { before: stale, info: failed('NotFound') },
      'False NoSyncYet',
      0,
    ],
    [
      'has followed after that by a sync in the very second of the promote: it is no leftover',
      { before: none, info: synced(second) },
      'True SyncedSincePromote',
    ],
    [
      'has not followed after that by a sync of before',
      { before: none, info: synced(second - 1_000) },
      'False NoSyncYet',
      0,
    ],
    [
      'has not followed while the driver goes on saying so',
      { before: none, info: failed('NotFound') },
      'False NoSyncYet',
      0,
    ],
    [
      'has not followed while the driver is away',
      { before: none, info: failed('Unavailable') },
      'False NoSyncYet',
      0,
    ],
    ['has not followed while nobody was asked', { before: none, info: undefined }, 'False NoSyncYet', 0],
    [
      'is not known to, where the sync lies in the future',
      { before: none, info: synced(now + 3_000) },
      'Unknown ClocksDiffer',
      0,
    ],
    [
      'has followed once clocks agree again',
      { before: known('Unknown', 'ClocksDiffer'), info: synced(second + 30_000) },
      'True SyncedSincePromote',
    ],
    [
      'is waited for from the promote on, whatever its clock said in between',
      { before: known('Unknown', 'ClocksDiffer'), info: synced(second - 30_000) },
      'False Promoted',
      0,
    ],
    [
      'is not known to, in journal mode',
      { before: none, info: synced(now), isJournal: true },
      'Unknown SyncTimesNotTold',
      0,
    ],
  ])('%s', (_, differs, expected, since) => {
    expect(says(differs)).toEqual([expected, since]);
  });
});

describe('of a primary that an earlier controller promoted, the other site', () => {
  const adopted = known('False', 'PromoteNotSeen');
  const firstLook = now - second;

  test.each<Case>([
    [
      'is not known to have followed by any sync of before the first look',
      { info: synced(now - 1_000) },
      'False PromoteNotSeen',
      firstLook,
    ],
    [
      'is not known to have followed where there is no sync',
      { info: failed('NotFound') },
      'False PromoteNotSeen',
      firstLook,
    ],
    [
      'is waited for from the first look on',
      { before: adopted, info: synced(second - 1_000) },
      'False PromoteNotSeen',
      0,
    ],
    [
      'has followed by a sync of after the first look',
      { before: adopted, info: synced(second + 2_000) },
      'True SyncedSincePromote',
    ],
    [
      'has followed by a sync of after the moment at which primary was asked for, where the API server tells that',
      { askedAt: second - 60_000, info: synced(second) },
      'True SyncedSincePromote',
    ],
    [
      'has not followed by one that clocks cannot tell from one of before, though the driver had none',
      { before: adopted, info: synced(second + 1_000) },
      'False PromoteNotSeen',
      0,
    ],
  ])('%s', (_, differs, expected, since) => {
    expect(says(differs)).toEqual([expected, since]);
  });
});

describe('what has followed once', () => {
  const before = known('True', 'SyncedSincePromote');

  test.each<[string, Partial<PrimaryPass>]>([
    ['the driver is away', { info: failed('Unavailable') }],
    ['nobody was asked', { info: undefined }],
    ['the last sync is told as one of before', { info: synced(second - 60_000) }],
    ['the last sync lies in the future', { info: synced(now + 60_000) }],
    ['the class mirrors in journal mode', { isJournal: true }],
  ])('has followed until the next promote, though %s', (_, differs) => {
    expect(says({ before, ...differs })).toEqual(['True SyncedSincePromote', undefined]);
  });

  test.each(['NotFound', 'FailedPrecondition', 'Internal'] as const)(
    'does not follow any more once the driver says %s: a copy that was promoted, or is resynced, shows no sync',
    (code) => {
      const lost = { before, info: failed(code) };
      expect(says(lost)).toEqual(['False NoLongerFollowed', now - second]);
    },
  );

  test('does not follow from the first such answer on, and follows again with any sync that is told', () => {
    const lost = known('False', 'NoLongerFollowed');
    expect(says({ before: lost, info: failed('Internal') })).toEqual(['False NoLongerFollowed', 0]);
    expect(says({ before: lost, info: failed('Unavailable') })).toEqual(['False NoLongerFollowed', 0]);
    expect(says({ before: lost, info: synced(second - 60_000) })).toEqual([
      'True SyncedSincePromote',
      undefined,
    ]);
  });

  test('has not followed after the next promote', () => {
    expect(says({ before, promotedAt: promoted, info: undefined })).toEqual(['False Promoted', 400]);
  });
});
