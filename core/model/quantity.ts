const factors: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Bytes, or a count, of a Kubernetes quantity such as `1Gi`, `500M`, `1e9` or `5`; undefined where it is none. */
export const bytesOf = (quantity: unknown): number | undefined => {
  const text = typeof quantity === 'number' ? String(quantity) : quantity;
  if (typeof text !== 'string') return undefined;
  const [, digits, suffix] =
    /^\+?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)((?:[eE][+-]?[0-9]+)|[A-Za-z]*)$/.exec(text) ?? [];
  if (digits === undefined || suffix === undefined) return undefined;
  if (/^[eE][+-]?[0-9]+$/.test(suffix)) return Math.ceil(Number(`${digits}${suffix}`));
  const factor = Object.hasOwn(factors, suffix) ? factors[suffix] : undefined;
  return factor === undefined ? undefined : Math.ceil(Number(digits) * factor);
};

const binary = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'] as const;

/** The shortest binary quantity of a number of bytes: 1073741824 is `1Gi`. */
export const quantityOf = (bytes: number): string => {
  const suffix = binary.find((one) => bytes > 0 && bytes % (factors[one] ?? 1) === 0);
  return suffix === undefined ? String(bytes) : `${bytes / (factors[suffix] ?? 1)}${suffix}`;
};
