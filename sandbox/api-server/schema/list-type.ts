import type { FieldError } from '../field-error.ts';
import { findings } from './finding.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import type { Schema } from './schema.ts';

/** Reports entries of sets and of lists that are maps which occur twice. */
export type ListTypeCheck = (value: unknown, field: string) => FieldError[];

const child = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`);

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

const compileList = (schema: Schema): ListTypeCheck | undefined => {
  const own = ownCheck(schema);
  const inner = schema.items === undefined ? undefined : compileListTypes(schema.items);
  if (own === undefined && inner === undefined) return undefined;
  return (value, field) => {
    if (!Array.isArray(value)) return [];
    const inside =
      inner === undefined ? [] : value.flatMap((item, index) => inner(item, `${field}[${index}]`));
    return [...(own?.(value, field) ?? []), ...inside];
  };
};

const compileObject = (schema: Schema): ListTypeCheck | undefined => {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const check = compileListTypes(property);
    return check === undefined ? [] : [{ name, check }];
  });
  const others =
    typeof schema.additionalProperties === 'object'
      ? compileListTypes(schema.additionalProperties)
      : undefined;
  if (named.length === 0 && others === undefined) return undefined;
  return (value, field) => {
    if (!isJsonObject(value)) return [];
    const keyed =
      others === undefined ? [] : Object.keys(value).flatMap((key) => others(value[key], `${field}[${key}]`));
    return [...keyed, ...named.flatMap(({ name, check }) => check(value[name], child(field, name)))];
  };
};

/** Compiles the checks of `x-kubernetes-list-type`; undefined where a schema has none, so that nothing is walked. */
export const compileListTypes = (schema: Schema): ListTypeCheck | undefined =>
  schema.type === 'array' || schema.items !== undefined ? compileList(schema) : compileObject(schema);
