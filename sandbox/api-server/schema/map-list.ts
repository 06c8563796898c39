import { isJsonObject, type JsonObject } from './json-value.ts';
import type { Schema } from './schema.ts';

/** From a list to the function that finds in it the item with the keys of a given one. */
export type ListCorrelation = (old: readonly unknown[]) => ((item: unknown) => unknown) | undefined;

/** A list item's keys as one string; missing keys take the schema's default. */
const listKey = (item: JsonObject, keys: readonly string[], schema: Schema | undefined): string =>
  JSON.stringify(keys.map((key) => item[key] ?? schema?.properties?.[key]?.default ?? null));

/** Items of a list that is a map are correlated by their keys; those of any other list are not correlated at all. */
export const createListCorrelation = (schema: Schema): ListCorrelation => {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || keys === undefined) return () => undefined;
  return (old) => {
    const byKey = new Map<string, unknown>();
    for (const item of old) if (isJsonObject(item)) byKey.set(listKey(item, keys, schema.items), item);
    return (item) => (isJsonObject(item) ? byKey.get(listKey(item, keys, schema.items)) : undefined);
  };
};
