import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrintableText, printableJson, printableLine, printableText } from '../../core/printable.ts';

const text = fc.string({ unit: 'binary' });

describe('a line', () => {
  it.each([
    ['  two   blanks stay', '  two   blanks stay'],
    ['a\nb\r\nc\u0085d\u2028e', 'a b c d e'],
    ['a\u001b[2Jb\u007fc\u009b31md', 'a [2Jb c 31md'],
    ['left\u202eright\u2066!', 'left right !'],
    ['its end\n', 'its end'],
    ['half of a pair \ud800.', 'half of a pair \ufffd.'],
  ])('%j becomes %j', (before, after) => {
    expect(printableLine(before)).toBe(after);
  });

  it('holds nothing that is not printable', () => {
    fc.assert(fc.property(text, (any) => /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u.test(printableLine(any))));
  });
});

describe('a text', () => {
  it('keeps its lines and tabs, and nothing else that steers a terminal', () => {
    expect(printableText('a\n\tb\r\u001b[1Ac\u202e')).toBe('a\n\tb  [1Ac ');
    fc.assert(fc.property(text, (any) => isPrintableText(printableText(any))));
  });

  it('stays as it is where it was printable', () => {
    fc.assert(fc.property(text, (any) => !isPrintableText(any) || printableText(any) === any));
  });
});

describe('JSON', () => {
  it('says the same, and is printable', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), fc.constantFrom(undefined, 4), (json, indent) => {
        const value: unknown = JSON.parse(json);
        const printed = printableJson(JSON.stringify(value, undefined, indent));
        expect(JSON.parse(printed)).toEqual(value);
        expect(isPrintableText(printed)).toBe(true);
      }),
    );
  });

  it('escapes what stands outside of the first plane as two', () => {
    expect(printableJson('"\u{e0001}\u202e\u007f"')).toBe('"\\udb40\\udc01\\u202e\\u007f"');
  });
});
