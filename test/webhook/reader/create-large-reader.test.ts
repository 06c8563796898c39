import { describe, expect, test } from 'vitest';
import { createLargeReader } from '../../../webhook/reader/create-large-reader.ts';
import { eventually } from '../../kube/embedded-cluster.ts';
import { replication, review } from '../server/reviews.ts';

const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new TextEncoder().encode(JSON.stringify(value)));

/** Threads of this process that run our file, as Node tells of them. */
const threads = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length;

describe('the reader of large reviews', () => {
  test('answers each with what was in it, and takes its bytes', async () => {
    const read = createLargeReader();
    const bodies = ['a', 'b', 'c'].map((uid) => bytesOf(review({ uid, padding: uid.repeat(300_000) })));
    const readings = await Promise.all(bodies.map(read));
    expect(readings.map((reading) => reading.state === 'review' && reading.request.uid)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(bodies.map(({ length }) => length)).toEqual([0, 0, 0]);
  });

  test('lets others go on meanwhile', async () => {
    const read = createLargeReader();
    await read(bytesOf(review()));
    const many = Array.from({ length: 200_000 }, (_, index) => [`f:${index}`, {}]);
    const managedFields = [{ manager: 'x', fieldsV1: Object.fromEntries(many) }];
    const body = bytesOf(review({ object: replication('primary', { managedFields }) }));
    let turns = 0;
    let isRead = false;
    const reading = read(body).then(() => {
      isRead = true;
    });
    while (!isRead) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    await reading;
    expect(turns).toBeGreaterThan(10);
  });

  test('has a thread only while there is something to read, and another one after that', async () => {
    const before = threads();
    const read = createLargeReader({ idleMs: 1 });
    expect(threads()).toBe(before);
    for (const uid of ['a', 'b']) {
      const reading = read(bytesOf(review({ uid })));
      expect(threads()).toBe(before + 1);
      expect(await reading).toMatchObject({ request: { uid } });
      await eventually(() => expect(threads()).toBe(before));
    }
  });
});
