/** Factors of the suffixes of a `resource.Quantity`, as numerator and denominator. */
const factors: Record<string, readonly [bigint, bigint]> = {
  n: [1n, 10n ** 9n],
  u: [1n, 10n ** 6n],
  m: [1n, 1000n],
  '': [1n, 1n],
  k: [10n ** 3n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [2n ** 10n, 1n],
  Mi: [2n ** 20n, 1n],
  Gi: [2n ** 30n, 1n],
  Ti: [2n ** 40n, 1n],
  Pi: [2n ** 50n, 1n],
  Ei: [2n ** 60n, 1n],
};

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/** A quantity in nano units, rounded up as Kubernetes does; undefined where the text is none. */
export const parseQuantity = (text: string): bigint | undefined => {
  const [, sign, whole = '', fraction = '', exponent = '0', suffix = ''] = shape.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '' || Math.abs(Number(exponent)) > 30) return undefined;
  const [numerator, denominator] = factors[suffix] ?? [1n, 1n];
  const power = Number(exponent) - fraction.length + 9;
  const scaled = BigInt(whole + fraction) * numerator * 10n ** BigInt(Math.max(power, 0));
  const divisor = denominator * 10n ** BigInt(Math.max(-power, 0));
  const nanos = (scaled + divisor - 1n) / divisor;
  return sign === '-' ? -nanos : nanos;
};
