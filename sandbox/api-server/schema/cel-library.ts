import { isIP, isIPv4 } from 'node:net';
import type { Environment } from '@marcbachmann/cel-js';
import { goQuote } from './finding.ts';
import { parseQuantity } from './quantity.ts';

type Texts = readonly string[];
type Values = readonly unknown[];

const regexOf = (pattern: string): RegExp => new RegExp(pattern, 'gu');

/** Equality as CEL has it for the values that sets hold: scalars, and plain data by its parts. */
const keyOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `int:${part}` : part));

const contains = (list: Values, other: Values): boolean => {
  const keys = new Set(list.map(keyOf));
  return other.every((value) => keys.has(keyOf(value)));
};

const isOrdered = (one: unknown, next: unknown): boolean => (one as number) <= (next as number);

const isSorted = (list: Values): boolean =>
  list.every((value, index) => index === 0 || isOrdered(list[index - 1], value));

const extreme = (list: Values, wins: (one: unknown, other: unknown) => boolean): unknown => {
  if (list.length === 0) throw new Error('min or max called on empty list');
  return list.reduce((best, value) => (wins(value, best) ? value : best));
};

const sum = (list: Values): unknown =>
  list.length === 0 ? 0n : list.reduce((total, value) => (total as number) + (value as number));

const substitute = (text: string, from: string, to: string, times: bigint): string => {
  const parts = text.split(from);
  if (times < 0n || BigInt(parts.length - 1) <= times) return parts.join(to);
  const replaced = Number(times);
  return [...parts.slice(0, replaced), parts.slice(replaced).join(from)].join(to);
};

const charAt = (text: string, index: bigint): string => {
  const chars = [...text];
  if (index < 0n || index > chars.length) throw new Error(`index out of range: ${index}`);
  return chars[Number(index)] ?? '';
};

const registerStrings = (environment: Environment): Environment =>
  environment
    .registerFunction('string.charAt(int): string', charAt)
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction('string.replace(string, string, int): string', substitute)
    .registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''))
    .registerFunction('quote(string): string', goQuote)
    .registerFunction('string.find(string): string', (text: string, pattern: string) => {
      const [found] = text.match(regexOf(pattern)) ?? [];
      return found ?? '';
    })
    .registerFunction(
      'string.findAll(string): list<string>',
      (text: string, pattern: string): Texts => [...(text.match(regexOf(pattern)) ?? [])],
    );

const registerLists = (environment: Environment): Environment =>
  environment
    .registerFunction('list.isSorted(): bool', isSorted)
    .registerFunction('list.sum(): dyn', sum)
    .registerFunction('list.min(): dyn', (list: Values) =>
      extreme(list, (one, best) => !isOrdered(best, one)),
    )
    .registerFunction('list.max(): dyn', (list: Values) =>
      extreme(list, (one, best) => !isOrdered(one, best)),
    )
    .registerFunction('list.indexOf(dyn): int', (list: Values, value: unknown) =>
      BigInt(list.map(keyOf).indexOf(keyOf(value))),
    )
    .registerFunction('list.lastIndexOf(dyn): int', (list: Values, value: unknown) =>
      BigInt(list.map(keyOf).lastIndexOf(keyOf(value))),
    );

class SetsNamespace {}

const registerSets = (environment: Environment): Environment =>
  environment
    .registerType('SetsNamespace', SetsNamespace)
    .registerConstant('sets', 'SetsNamespace', new SetsNamespace())
    .registerFunction('SetsNamespace.contains(list, list): bool', (_: unknown, list: Values, other: Values) =>
      contains(list, other),
    )
    .registerFunction(
      'SetsNamespace.equivalent(list, list): bool',
      (_: unknown, list: Values, other: Values) => contains(list, other) && contains(other, list),
    )
    .registerFunction(
      'SetsNamespace.intersects(list, list): bool',
      (_: unknown, list: Values, other: Values) => other.some((value) => contains(list, [value])),
    );

/** A `resource.Quantity` inside a rule. */
class Quantity {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

const quantity = (text: string): Quantity => {
  const nanos = parseQuantity(text);
  if (nanos === undefined)
    throw new Error(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  return new Quantity(nanos);
};

const registerQuantities = (environment: Environment): Environment =>
  environment
    .registerType('kubernetes.Quantity', Quantity)
    .registerFunction('quantity(string): kubernetes.Quantity', quantity)
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction(
      'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool',
      (one: Quantity, other: Quantity) => one.nanos > other.nanos,
    )
    .registerFunction(
      'kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool',
      (one: Quantity, other: Quantity) => one.nanos < other.nanos,
    )
    .registerFunction(
      'kubernetes.Quantity.compareTo(kubernetes.Quantity): int',
      (one: Quantity, other: Quantity) =>
        one.nanos === other.nanos ? 0n : one.nanos > other.nanos ? 1n : -1n,
    )
    .registerFunction('kubernetes.Quantity.sign(): int', ({ nanos }: Quantity) =>
      nanos === 0n ? 0n : nanos > 0n ? 1n : -1n,
    )
    .registerFunction(
      'kubernetes.Quantity.isInteger(): bool',
      ({ nanos }: Quantity) => nanos % 10n ** 9n === 0n,
    )
    .registerFunction('kubernetes.Quantity.asInteger(): int', ({ nanos }: Quantity) => nanos / 10n ** 9n)
    .registerFunction(
      'kubernetes.Quantity.asApproximateFloat(): double',
      ({ nanos }: Quantity) => Number(nanos) / 1e9,
    );

const isCidr = (text: string): boolean => {
  const [address = '', bits = '', ...rest] = text.split('/');
  const most = isIPv4(address) ? 32 : 128;
  return rest.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
};

const registerNetwork = (environment: Environment): Environment =>
  environment
    .registerFunction('isIP(string): bool', (text: string) => isIP(text) !== 0)
    .registerFunction('isCIDR(string): bool', isCidr)
    .registerFunction('isURL(string): bool', (text: string) => text.startsWith('/') || URL.canParse(text));

/**
 * Adds the functions that Kubernetes adds to CEL: strings, lists, sets, regular expressions, quantities and the tests
 * `isIP`, `isCIDR` and `isURL`. Not there: `url()`, `ip()` and `cidr()` values, `semver`, `format`, `authorizer`.
 */
export const registerKubernetesLibrary = (environment: Environment): Environment =>
  [registerStrings, registerLists, registerSets, registerQuantities, registerNetwork].reduce(
    (extended, register) => register(extended),
    environment,
  );
