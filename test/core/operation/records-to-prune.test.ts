import { describe, expect, it } from 'vitest';
import type { OperationRecord, OperationVolume } from '../../../core/operation/operation-record.ts';
import { mergeRecords } from '../../../core/operation/read-record.ts';
import { keptOperations, recordsToPrune } from '../../../core/operation/records-to-prune.ts';
import { on, type RecordSketch, record } from './records.ts';

const day = (index: number): string =>
  new Date(Date.parse('2026-01-01T00:00:00Z') + index * 24 * 3_600_000).toISOString();

const done = (name: string, index: number, { status, ...sketch }: RecordSketch = {}): OperationRecord =>
  record({
    ...sketch,
    name,
    createdAt: day(index),
    status: { phase: 'Succeeded', startedAt: day(index), pointOfNoReturnAt: day(index), ...status },
  });

/** As many newer ones of claim `db` as are kept anyway, the one that has just ended included. */
const newer = (sketch?: RecordSketch) =>
  Array.from({ length: keptOperations }, (_, index) => done(`new-${index}`, 100 + index, sketch));
const ended = `new-${keptOperations - 1}`;

const pruned = (records: readonly OperationRecord[], there = records, namespaces = ['shop']): string[] =>
  recordsToPrune(mergeRecords([on('east', ...records), on('west', ...there)]), ended, namespaces).map(
    ({ site, record: { metadata } }) => `${site.name} ${metadata.name}`,
  );

const volume = (claim: string, volumeHandle?: string): OperationVolume => ({
  persistentVolumeClaim: claim,
  ...(volumeHandle !== undefined && { driver: 'rbd.csi.ceph.com', volumeHandle }),
});

describe('records that nobody needs any more', () => {
  it('are none as long as there are few', () => {
    expect(pruned(newer())).toEqual([]);
    expect(recordsToPrune([], ended, ['shop'])).toEqual([]);
  });

  it('are those of the oldest operations, on both sites', () => {
    expect(pruned([done('old-1', 1), done('old-2', 2), ...newer()])).toEqual([
      'east old-2',
      'west old-2',
      'east old-1',
      'west old-1',
    ]);
  });

  it('count the operation that has just ended, whether it was there before or not', () => {
    const [, ...others] = newer().toReversed();
    expect(pruned([done('old', 1), ...others])).toEqual(pruned([done('old', 1), ...newer()]));
  });

  it.each(['Running', 'Failed', 'Left'] as const)('are not those that are %s, on either site', (phase) => {
    const open = done('open', 1, { status: { phase } });
    const closed = done('open', 1, { status: { phase: 'Succeeded', endedAt: day(90) } });
    expect(pruned([open, ...newer()])).toEqual([]);
    expect(pruned([open, ...newer()], [closed, ...newer()])).toEqual([]);
  });

  it('are not those that say nothing yet', () => {
    expect(pruned([record({ name: 'bare', createdAt: day(1) }), ...newer()])).toEqual([]);
  });

  it.each(['Succeeded', 'Undone', 'Superseded'] as const)('are those that are %s', (phase) => {
    expect(pruned([done('old', 1, { status: { phase } }), ...newer()])).toHaveLength(2);
  });

  it.each([
    { what: 'its claim', old: [volume('db'), volume('rare')], spec: [volume('db')] },
    { what: 'its identity', old: [volume('db', 'h-rare')], spec: [volume('db', 'h-1')] },
    {
      what: 'its claim, while its identity moves on under another name',
      old: [volume('rare', 'h-1')],
      spec: [volume('db', 'h-1')],
    },
  ])('are not those that are the last one of a volume, by $what', ({ old, spec }) => {
    const records = [
      done('older', 1, { spec: { volumes: old } }),
      done('old', 2, { spec: { volumes: old } }),
    ];
    expect(pruned([...records, ...newer({ spec: { volumes: spec } })])).toEqual(['east older', 'west older']);
  });

  it('are not those that are the last one that moved a volume, however many were undone since', () => {
    const disaster = done('disaster', 2, { status: { staleSite: 'east' } });
    const undone = newer({ status: { phase: 'Undone' } });
    expect(pruned([done('before', 1), disaster, ...undone])).toEqual(['east before', 'west before']);
  });

  it('are counted in each namespace alone', () => {
    const old = done('old', 1);
    const elsewhere = (name: string) => done(name, 1, { namespace: 'web' });
    expect(pruned([old, elsewhere('old'), elsewhere('other'), ...newer()], [])).toEqual(['east old']);
    expect(pruned([old, ...newer()], [], ['web'])).toEqual([]);
  });
});
