import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { linesOf, watchEventOf } from '../../kube/watch-lines.ts';

const linesFrom = async (chunks: Buffer[]): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks))) lines.push(line);
  return lines;
};

test('lines come out whole however the bytes are cut, letters of several bytes among them', async () => {
  const text = Buffer.from('{"a":"Größe"}\n{"b":"日本"}\n\n{"c":1}');
  for (let size = 1; size <= text.length; size += 1) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < text.length; at += size) chunks.push(text.subarray(at, at + size));
    expect(await linesFrom(chunks)).toEqual(['{"a":"Größe"}', '{"b":"日本"}', '{"c":1}']);
  }
});

test('a bookmark carries its version only', () => {
  const line = '{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"12"}}}';
  expect(watchEventOf(line)).toEqual({ type: 'BOOKMARK', resourceVersion: '12' });
});

test('an error line is thrown as the failure it tells of', () => {
  const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (9)' };
  expect(() => watchEventOf(JSON.stringify({ type: 'ERROR', object: status }))).toThrow(
    expect.objectContaining({ httpStatus: 410, code: 'Expired', message: 'too old resource version: 1 (9)' }),
  );
});

test.each(['{"type":"ADDED","object":{"met', '{"type":"ADDED"}'])(
  'a line that is no event breaks the watch: %s',
  (line) => {
    expect(() => watchEventOf(line)).toThrow(expect.objectContaining({ code: 'WatchBroken' }));
  },
);
