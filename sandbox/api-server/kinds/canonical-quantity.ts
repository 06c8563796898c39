import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { parseQuantity } from '../schema/quantity.ts';

const nano = 10n ** 9n;
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Divides as often as nothing is lost. */
const reduce = (value: bigint, by: bigint, times: number): { value: bigint; times: number } => {
  let reduced = value;
  let done = 0;
  while (done < times && reduced % by === 0n) {
    reduced /= by;
    done += 1;
  }
  return { value: reduced, times: done };
};

/** Fractions are rounded away from zero. */
const wholeUnits = (nanos: bigint): bigint => {
  const rest = nanos % nano;
  return nanos / nano + (rest === 0n ? 0n : rest > 0n ? 1n : -1n);
};

const inBinary = (nanos: bigint): string => {
  const { value, times } = reduce(wholeUnits(nanos), 1024n, binarySuffixes.length - 1);
  return `${value}${binarySuffixes[times]}`;
};

const inDecimal = (nanos: bigint): string => {
  const { value, times } = reduce(nanos, 1000n, decimalSuffixes.length - 1);
  return `${value}${decimalSuffixes[times]}`;
};

const inExponents = (nanos: bigint): string => {
  const { value, times } = reduce(nanos, 1000n, decimalSuffixes.length - 1);
  return times === 3 ? String(value) : `${value}e${3 * times - 9}`;
};

/** A `resource.Quantity` as a kube-apiserver writes it: `1024Mi` becomes `1Gi`, 0.5 becomes `500m`. No quantity stays as it is. */
export const canonicalQuantity = (quantity: unknown): unknown => {
  const text = typeof quantity === 'number' ? String(quantity) : quantity;
  const nanos = typeof text === 'string' ? parseQuantity(text) : undefined;
  if (typeof text !== 'string' || nanos === undefined) return quantity;
  if (nanos === 0n) return '0';
  // Below 1024 a binary unit would have to round.
  const large = nanos >= 1024n * nano || nanos <= -1024n * nano;
  if (text.endsWith('i') && large) return inBinary(nanos);
  return /[eE][-+]?\d/.test(text) ? inExponents(nanos) : inDecimal(nanos);
};

/** A `ResourceList` with all its quantities in canonical form. */
export const canonicalQuantities = (list: unknown): unknown =>
  isJsonObject(list)
    ? Object.fromEntries(Object.entries(list).map(([name, amount]) => [name, canonicalQuantity(amount)]))
    : list;

/** `ResourceRequirements` with all quantities in canonical form. */
export const canonicalResources = (resources: JsonObject): JsonObject => ({
  ...resources,
  ...(resources['limits'] === undefined ? {} : { limits: canonicalQuantities(resources['limits']) }),
  ...(resources['requests'] === undefined ? {} : { requests: canonicalQuantities(resources['requests']) }),
});

/** The warning about a size that is no whole number of bytes; none for one that is. */
export const fractionWarning = (field: string, size: unknown): string[] => {
  const nanos = typeof size === 'string' ? (parseQuantity(size) ?? 0n) : 0n;
  return nanos % nano === 0n
    ? []
    : [`${field}: fractional byte value ${JSON.stringify(size)} is invalid, must be an integer`];
};

/** What Go says of a quantity that is none. */
export const badQuantity =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Whether any amount of a `ResourceList` is no quantity. */
export const hasBadQuantity = (list: unknown): boolean =>
  isJsonObject(list) &&
  Object.values(list).some(
    (amount) =>
      parseQuantity(typeof amount === 'number' ? String(amount) : String(amount ?? '')) === undefined,
  );
