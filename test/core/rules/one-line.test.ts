import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutToBytes, oneLine } from '../../../core/rules/one-line.ts';

it.each([
  ['plain text', 'plain text'],
  ['  two\n\tlines\r\n', 'two lines'],
  ['a\u0000b\u001b[2Jc\u007f', 'a b [2Jc'],
  ['left\u202eright', 'left right'],
  ['half of a pair \ud800.', 'half of a pair \ufffd.'],
  ['', ''],
])('%j becomes %j', (text, line) => {
  expect(oneLine(text)).toBe(line);
});

it('long text ends in an ellipsis, counted in characters', () => {
  expect(oneLine('😀'.repeat(10), 5)).toBe('😀😀😀😀…');
  expect(oneLine('😀'.repeat(5), 5)).toBe('😀'.repeat(5));
});

it('what is cut fits, stays a beginning, and loses no more than it must', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 60 }), (line, bytes) => {
      const size = (text: string) => new TextEncoder().encode(text).length;
      const cut = cutToBytes(line, bytes);
      expect(size(cut)).toBeLessThanOrEqual(bytes);
      if (size(line) <= bytes) expect(cut).toBe(line);
      else {
        expect(line.startsWith(cut.slice(0, -1))).toBe(true);
        expect(size(cut)).toBeGreaterThan(bytes - 4);
      }
    }),
  );
});
