import { describe, expect, test } from 'vitest';
import type { VolumeReplication } from '../../../core/model/volume-replication.ts';
import { replicationOfVolume } from '../../../core/status/replication.ts';
import { readReview } from '../../../webhook/read-review.ts';
import { readLargeReview } from '../../../webhook/reader/read-large-review.ts';
import { replication, review } from '../server/reviews.ts';

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const fields = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f:${index}`, {}]));

const asked = [
  {
    manager: 'kubectl',
    operation: 'Update',
    time: '2026-03-01T12:00:00Z',
    fieldsV1: { 'f:spec': { 'f:replicationState': {}, ...fields(1_000) } },
  },
  { manager: 'other', time: '2026-03-01T13:00:00Z', fieldsV1: { 'f:metadata': fields(150_000) } },
  {
    manager: 'dr-controller',
    subresource: 'status',
    time: '2026-03-01T14:00:00Z',
    fieldsV1: { 'f:status': {} },
  },
];

describe('a large review', () => {
  test.each<[string, unknown]>([
    ['an update', review()],
    ['a creation', review({ operation: 'CREATE', oldObject: null })],
    ['a deletion', review({ operation: 'DELETE', object: null })],
    ['metadata that is a text', review({ object: { metadata: 'x' } })],
    ['no review', { kind: 'Pod' }],
    ['a list', []],
  ])('reads as any other: %s', (_what, value) => {
    expect(readLargeReview(bytesOf(value))).toEqual(readReview(JSON.stringify(value)));
  });

  test('keeps of its managed fields who asked for the state and when, and nothing else', () => {
    const oldObject = replication('primary', { managedFields: asked, generation: 3 });
    const reading = readLargeReview(bytesOf(review({ oldObject })));
    if (reading.state !== 'review') throw new Error(reading.why);
    const kept = reading.request.oldObject as VolumeReplication;
    expect(replicationOfVolume(kept)).toEqual(replicationOfVolume(oldObject as VolumeReplication));
    expect(JSON.stringify(kept.metadata.managedFields).length).toBeLessThan(200);
  });

  test.each([5, [null], ['x'], { a: 1 }])(
    'reads without managed fields that are none: %j',
    (managedFields) => {
      const reading = readLargeReview(bytesOf(review({ object: replication('primary', { managedFields }) })));
      expect(reading).toMatchObject({ state: 'review' });
    },
  );

  test('of more than 100000 other fields cannot be judged, and is told by its uid', () => {
    const object = { ...replication('primary'), status: { more: fields(100_001) } };
    expect(readLargeReview(bytesOf(review({ object })))).toMatchObject({
      state: 'unreadable-object',
      uid: 'review-1',
      why: expect.stringContaining('100000'),
    });
  });

  test('that is deeper than a stack cannot be judged', () => {
    const json = JSON.stringify(review({ object: { ...replication('primary'), more: 'HERE' } }));
    const deep = json.replace('"HERE"', `${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(readLargeReview(Buffer.from(deep))).toMatchObject({ state: 'unreadable-object', uid: 'review-1' });
  });

  test.each<[string, Buffer, RegExp]>([
    ['of more than a million fields', Buffer.from(`[${'[],'.repeat(1_000_000)}[]]`), /1000000 fields/],
    ['that is not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), /UTF-8/],
    ['that is no JSON', Buffer.from('{"a":'), /no JSON/],
  ])('%s is none', (_what, bytes, why) => {
    expect(readLargeReview(bytes)).toMatchObject({ state: 'no-review', why: expect.stringMatching(why) });
  });
});
