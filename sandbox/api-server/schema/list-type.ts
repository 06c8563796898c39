import type { FieldError } from '../field-error.ts';
import { findings } from './finding.ts';
import { checkFields, checkItems, type ValueCheck } from './inner-checks.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import type { Schema } from './schema.ts';

/** Indices of the second occurrence of each value; later ones are not told again. */
const secondOccurrences = (values: readonly unknown[]): number[] => {
  const seen = new Map<string, number>();
  return [...values.keys()].filter((index) => {
    const key = JSON.stringify(values[index]) ?? 'undefined';
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times === 2;
  });
};

const checkSet = (items: readonly unknown[], field: string): FieldError[] =>
  secondOccurrences(items).map((index) => findings.duplicate(`${field}[${index}]`, items[index]));

const keysOf = (item: unknown, keys: readonly string[]): JsonObject =>
  isJsonObject(item)
    ? Object.fromEntries(keys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, item[key]]))
    : {};

const checkMap = (items: readonly unknown[], field: string, keys: readonly string[]): FieldError[] => {
  const odd = items.findIndex((item) => item !== null && !isJsonObject(item));
  if (odd >= 0)
    return [
      findings.invalid(`${field}[${odd}]`, items[odd], 'must be an object for an array of list-type map'),
    ];
  const keyed = items.map((item) => keysOf(item, keys));
  return secondOccurrences(keyed).map((index) => findings.duplicate(`${field}[${index}]`, keyed[index]));
};

const ownCheck = (
  schema: Schema,
): ((items: readonly unknown[], field: string) => FieldError[]) | undefined => {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return checkSet;
  if (type !== 'map') return undefined;
  return (items, field) => checkMap(items, field, schema['x-kubernetes-list-map-keys'] ?? []);
};

const compileList = (schema: Schema): ValueCheck | undefined => {
  const own = ownCheck(schema);
  const inner = checkItems(schema.items, compileListTypes);
  if (own === undefined) return inner;
  return (value, field) =>
    Array.isArray(value) ? [...own(value, field), ...(inner?.(value, field) ?? [])] : [];
};

/** Compiles the checks of `x-kubernetes-list-type`; undefined where a schema has none, so that nothing is walked. */
export const compileListTypes = (schema: Schema): ValueCheck | undefined =>
  schema.type === 'array' || schema.items !== undefined
    ? compileList(schema)
    : checkFields(schema, compileListTypes);
