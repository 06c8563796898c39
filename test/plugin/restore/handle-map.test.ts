import { expect, test } from 'vitest';
import { parseHandleMap } from '../../../plugin/restore/parse-handle-map.ts';

test('handles are given as OLD=NEW, in the order in which they count', () => {
  expect(parseHandleMap(['a=b', 'pool-2-*=pool-3-*'])).toEqual([
    { from: 'a', to: 'b' },
    { from: 'pool-2-*', to: 'pool-3-*' },
  ]);
  expect(parseHandleMap()).toEqual([]);
});

test.each([
  ['nothing on one side', ['a='], 'invalid value "a="'],
  ['no equals sign', ['a'], 'invalid value "a"'],
  ['a handle that holds one', ['a=b=c'], 'invalid value "a=b=c"'],
  ['a star on one side', ['a*=b'], 'invalid value "a*=b"'],
  ['one handle twice', ['a=b', 'a=c'], 'maps "a" twice'],
])('it is refused with %s', (_, words, message) => {
  expect(() => parseHandleMap(words)).toThrow(message);
});
