import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countParts } from '../../../webhook/reader/count-parts.ts';

const count = (json: string, most = 1_000): number => countParts(Buffer.from(json), most);

/** All values in a value, itself among them. */
const valuesIn = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, one) => sum + valuesIn(one), 1)
    : 1;

describe('the parts of a JSON text', () => {
  test.each([
    ['nothing', '', 1],
    ['a number', '7', 1],
    ['an object of one member', '{"a":1}', 2],
    ['a list of three', '[1,2,3]', 4],
    ['empty lists', '[[],[],[]]', 7],
    ['signs in strings', '{"a":",[{,","b":"]"}', 3],
    ['an escaped quote', '["a\\",[","b"]', 3],
    ['an escaped backslash before the end of a string', '["a\\\\",["b"]]', 4],
    ['a string without an end', '["a,,,,', 2],
    ['characters of several bytes', '["€,","𝄞"]', 3],
  ])('%s', (_what, json, parts) => {
    expect(count(json)).toBe(parts);
  });

  test('are not counted beyond the most', () => {
    expect(count('[,,,,,,,,,', 3)).toBe(4);
  });

  test('are never fewer than the values that come of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(count(JSON.stringify(value), Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(
          valuesIn(value),
        );
      }),
    );
  });
});
