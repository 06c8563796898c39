import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitWarnings } from '../../../webhook/fit-warnings.ts';
import { respond } from '../../../webhook/respond.ts';

const total = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + [...text].length, 0);

describe('warnings', () => {
  test('that the API server takes whole are left alone', () => {
    const warnings = ['a'.repeat(1_000), 'b'.repeat(1_000)];
    expect(fitWarnings(warnings)).toEqual(warnings);
  });

  test('are single lines, none twice, none empty', () => {
    expect(fitWarnings(['a\nb\u0000', 'a b', '', '\n'])).toEqual(['a b']);
  });

  test('that are too long together are cut to fair parts, and say so', () => {
    const fitted = fitWarnings(['a'.repeat(1_500), 'b'.repeat(1_500)]);
    expect(fitted.map((text) => [text[0], text.at(-1)])).toEqual([
      ['a', '…'],
      ['b', '…'],
    ]);
  });

  test('that are too many are counted', () => {
    const fitted = fitWarnings(Array.from({ length: 30 }, (_, index) => `${index} ${'x'.repeat(300)}`));
    expect(fitted).toHaveLength(8);
    expect(fitted.at(-1)).toBe('23 more warnings are left out');
  });

  test('of any kind never take more than half of what the API server keeps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 3_000, size: 'max' }), { maxLength: 40 }),
        (warnings) => {
          const fitted = fitWarnings(warnings);
          expect(total(fitted)).toBeLessThanOrEqual(2_048);
          for (const text of fitted) expect(text).toMatch(/^[^\p{Cc}\n]+$/u);
        },
      ),
    );
  });
});

describe('a response', () => {
  test('that lets in carries no status, and no empty lists', () => {
    expect(respond('u', { allowed: true, warnings: [], patch: [], auditAnnotations: {} }).response).toEqual({
      uid: 'u',
      allowed: true,
    });
  });

  test.each([
    [400, 'BadRequest'],
    [403, 'Forbidden'],
    [422, 'Invalid'],
    [500, 'InternalError'],
  ] as const)('of code %i has the reason %s', (status, reason) => {
    expect(respond('u', { allowed: false, status, message: 'no' }).response).toEqual({
      uid: 'u',
      allowed: false,
      status: { status: 'Failure', code: status, reason, message: 'no' },
    });
  });
});
