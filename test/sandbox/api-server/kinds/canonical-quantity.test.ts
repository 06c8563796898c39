import { describe, expect, test } from 'vitest';
import {
  canonicalQuantity,
  fractionWarning,
} from '../../../../sandbox/api-server/kinds/canonical-quantity.ts';

describe('a quantity in canonical form', () => {
  test.each<[string | number, string, string]>([
    ['1024Mi', '1Gi', 'binary units grow while nothing is lost'],
    ['1000Mi', '1000Mi', 'a binary unit that does not divide stays'],
    ['0.5Gi', '512Mi', 'fractions of a binary unit become whole'],
    ['0.001Ki', '1024m', 'below 1024 a binary unit turns decimal'],
    ['1000M', '1G', 'decimal units grow'],
    ['1500m', '1500m', 'thousandths that are no whole stay'],
    ['2000m', '2', 'thousandths that are a whole go'],
    ['1.5', '1500m', 'a fraction becomes thousandths'],
    ['1e9', '1e9', 'exponents stay exponents'],
    ['1E3', '1e3', 'in small letters'],
    ['0', '0', 'zero is zero'],
    ['0Gi', '0', 'in any unit'],
    [2, '2', 'numbers become texts'],
    ['-1Gi', '-1Gi', 'negative ones keep their sign'],
    ['many', 'many', 'what is no quantity is left alone'],
  ])('%j becomes %s: %s', (given, expected) => {
    expect(canonicalQuantity(given)).toBe(expected);
  });

  test('half a byte is warned about, a whole number of bytes is not', () => {
    expect(fractionWarning('spec.x', '1500m')).toEqual([
      'spec.x: fractional byte value "1500m" is invalid, must be an integer',
    ]);
    expect(fractionWarning('spec.x', '1Gi')).toEqual([]);
  });
});
