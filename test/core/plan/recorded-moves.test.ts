import { describe, expect, test } from 'vitest';
import type { VolumeIdentity } from '../../../core/model/persistent-volume.ts';
import type { OperationRecord } from '../../../core/operation/operation-record.ts';
import { mergeRecords } from '../../../core/operation/read-record.ts';
import {
  homeOf,
  indexOperations,
  isRecordedStale,
  operationsAbout,
  type PairedVolume,
  type RecordedMoves,
  recordedSync,
  staleSideOf,
  unfinishedOperation,
} from '../../../core/plan/recorded-moves.ts';
import { on, type RecordSketch, record } from '../operation/records.ts';

const names = { here: 'east', there: 'west' };
const identity = { driver: 'rbd.csi.ceph.com', volumeHandle: 'handle-db' };

const paired = (name: string, known?: VolumeIdentity): PairedVolume => ({
  pair: { here: { namespace: 'shop', name }, there: { namespace: 'shop', name } },
  identity: known,
});
const db = paired('db');

type Status = NonNullable<OperationRecord['status']>;

const move = (
  verb: OperationRecord['spec']['verb'],
  from: string,
  status: Status,
  startedAt = '2026-11-20T11:00:00Z',
): RecordSketch => ({
  name: `${verb}-${startedAt}`,
  spec: { verb, from: { name: from }, to: { name: from === 'east' ? 'west' : 'east' } },
  status: { startedAt, ...status },
  createdAt: startedAt,
});

const operations = (...sketches: RecordSketch[]): RecordedMoves =>
  indexOperations(mergeRecords([on('east', ...sketches.map(record))]));

const over = { phase: 'Succeeded', pointOfNoReturnAt: '2026-11-20T11:01:00Z' } as const;
const forced = { ...over, staleSite: 'east' } as const;
const later = '2026-11-20T11:30:00Z';

describe('an operation is about a volume', () => {
  const withIdentity = {
    persistentVolumeClaim: 'other',
    driver: 'rbd.csi.ceph.com',
    volumeHandle: 'handle-db',
  };

  test.each<[string, Partial<OperationRecord['spec']>, PairedVolume, boolean]>([
    ['of its name', {}, db, true],
    ['not of another name', {}, paired('web'), false],
    [
      'of its identity, whatever the claim is called',
      { volumes: [withIdentity] },
      paired('db', identity),
      true,
    ],
    [
      'not of its name where the identities differ',
      { volumes: [{ ...withIdentity, persistentVolumeClaim: 'db', volumeHandle: 'another' }] },
      paired('db', identity),
      false,
    ],
    [
      'of its name where nobody knows the identity any more',
      { volumes: [withIdentity] },
      paired('other'),
      true,
    ],
  ])('%s', (_, spec, volume, expected) => {
    const recorded = operations({ spec });
    expect(recorded.about(volume)).toEqual(expected ? recorded.operations : []);
    expect(operationsAbout(recorded, [volume])).toEqual(expected ? recorded.operations : []);
  });
});

test('operations about a volume come once each, the latest first', () => {
  const withIdentity = { persistentVolumeClaim: 'db', driver: 'rbd.csi.ceph.com', volumeHandle: 'handle-db' };
  const one = { spec: { volumes: [{ persistentVolumeClaim: 'db' }, withIdentity] } };
  const recorded = operations(
    { ...one, name: 'first', status: { startedAt: '2026-11-20T09:00:00Z' } },
    { ...one, name: 'second', status: { startedAt: '2026-11-20T10:00:00Z' } },
  );
  expect(recorded.about(paired('db', identity)).map(({ name }) => name)).toEqual(['second', 'first']);
});

describe('what is gone on with', () => {
  test.each<[string, RecordSketch[], string | undefined]>([
    ['is what was left', [move('Relocate', 'east', { phase: 'Left' })], 'Relocate'],
    ['is what failed', [move('Failback', 'west', { phase: 'Failed' })], 'Failback'],
    ['is what never told of its end', [move('Relocate', 'east', { phase: 'Running' })], 'Relocate'],
    [
      'is nothing where the latest is over',
      [move('Relocate', 'east', { phase: 'Left' }), move('Undo', 'west', over, later)],
      undefined,
    ],
    ['is nothing where it was taken back', [move('Relocate', 'east', { phase: 'Undone' })], undefined],
    [
      'is nothing where another one took its place',
      [move('Relocate', 'east', { phase: 'Superseded' })],
      undefined,
    ],
  ])('%s', (_, sketches, verb) => {
    expect(unfinishedOperation(operations(...sketches), [db])?.verb).toBe(verb);
  });
});

describe('home', () => {
  test.each<[string, RecordSketch[], string | undefined]>([
    ['is where the last move came from', [move('Failover', 'east', over)], 'here'],
    [
      'is still there while a return has not promoted anything',
      [move('Failover', 'east', over), move('Failback', 'west', { phase: 'Left' }, later)],
      'here',
    ],
    [
      'is where a return went',
      [move('Failover', 'east', over), move('Failback', 'west', over, later)],
      'here',
    ],
    [
      'is told by a promote, though the rest failed',
      [move('Failover', 'east', { ...over, phase: 'Failed' })],
      'here',
    ],
    ['is not told by a move that was taken back', [move('Relocate', 'east', { phase: 'Undone' })], undefined],
    ['is not told by what took one back', [move('Undo', 'west', { phase: 'Succeeded' })], undefined],
    ['is unknown where no record is left', [], undefined],
  ])('%s', (_, sketches, side) => {
    expect(homeOf(operations(...sketches), [db], names)).toBe(side);
  });

  test('is none where the volumes came from different sites', () => {
    const other = {
      ...move('Relocate', 'west', over, later),
      spec: { ...move('Relocate', 'west', over).spec, volumes: [{ persistentVolumeClaim: 'web' }] },
    };
    const found = operations(move('Failover', 'east', over), other);
    expect(homeOf(found, [db, paired('web')], names)).toBeUndefined();
    expect(homeOf(found, [db, paired('mail')], names)).toBe('here');
  });

  test('is unknown where the sites are called otherwise now', () => {
    const found = operations(move('Failover', 'east', over));
    expect(homeOf(found, [db], { here: 'oslo', there: 'bergen' })).toBeUndefined();
  });
});

describe('a copy is recorded as older', () => {
  test.each<[string, RecordSketch[], boolean]>([
    ['where the last move was by force', [move('Failover', 'east', forced)], true],
    ['not where it was planned', [move('Relocate', 'east', over)], false],
    [
      'not where nothing was promoted',
      [move('Failover', 'east', { phase: 'Failed', staleSite: 'east' })],
      false,
    ],
    [
      'still while a return has not promoted anything',
      [move('Failover', 'east', forced), move('Failback', 'west', { phase: 'Left' }, later)],
      true,
    ],
    [
      'still where a planned move of later has found it where it was to go',
      [move('Failover', 'east', forced), move('Relocate', 'east', over, later)],
      true,
    ],
    [
      'not once a return has',
      [move('Failover', 'east', forced), move('Failback', 'west', over, later)],
      false,
    ],
  ])('%s', (_, sketches, expected) => {
    expect(isRecordedStale(operations(...sketches), db, 'east')).toBe(expected);
  });

  test('only on the site that it names', () => {
    expect(isRecordedStale(operations(move('Failover', 'east', forced)), db, 'west')).toBe(false);
  });
});

describe('of two primaries the older copy', () => {
  test.each<[string, RecordSketch[], PairedVolume[], string | undefined]>([
    ['is the one that a failover left behind', [move('Failover', 'east', forced)], [db], 'here'],
    ['is told by no planned move', [move('Relocate', 'east', over)], [db], undefined],
    ['is told by nothing where nothing is on record', [], [db], undefined],
    [
      'is not told for all where one of the volumes has no record',
      [move('Failover', 'east', forced)],
      [db, paired('other')],
      undefined,
    ],
  ])('%s', (_, sketches, volumes, expected) => {
    expect(staleSideOf(operations(...sketches), volumes, names)).toBe(expected);
  });
});

describe('the copy that a move left has everything of before its first promote', () => {
  const promotedAt = Date.parse('2026-11-20T11:01:00Z');
  const planned = move('Relocate', 'east', over);

  test.each<[string, RecordSketch[], string, number | undefined]>([
    ['where the move was planned', [planned], 'east', promotedAt],
    ['of a return as well', [move('Failback', 'east', over)], 'east', promotedAt],
    ['not on the site that took over', [planned], 'west', undefined],
    ['not where it was by force', [move('Failover', 'east', forced)], 'east', undefined],
    [
      'not where something else has moved it since',
      [planned, move('Relocate', 'west', over, later)],
      'east',
      undefined,
    ],
    [
      'still where what was begun since has promoted nothing',
      [planned, move('Relocate', 'west', { phase: 'Left' }, later)],
      'east',
      promotedAt,
    ],
    ['not where no record is left', [], 'east', undefined],
    [
      'by the first of several moves the same way: the later ones may have found it where it was to go',
      [planned, move('Relocate', 'east', { ...over, pointOfNoReturnAt: later }, later)],
      'east',
      promotedAt,
    ],
    [
      'not where one of these was by force',
      [move('Failover', 'east', forced), move('Relocate', 'east', over, later)],
      'east',
      undefined,
    ],
  ])('%s', (_, sketches, site, at) => {
    expect(recordedSync(operations(...sketches), db, site)?.at).toBe(at);
  });

  test('and its record is named', () => {
    expect(recordedSync(operations(planned), db, 'east')?.source).toBe(
      'as Relocate-2026-11-20T11:00:00Z tells',
    );
  });
});
