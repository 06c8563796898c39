import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { resourceFields } from '../schema/object-meta.ts';
import type { Schema } from '../schema/schema.ts';

/**
 * How a value is merged: as one piece, or field by field, or item by item. It follows from the value and from the list and
 * map types of its schema; without a schema, objects are merged and lists are one piece.
 */
export type Structure = 'piece' | 'fields' | 'set' | 'keyed';

/** The schema of a whole resource: its own, and what every resource has. */
export const resourceSchema = (schema: Schema): Schema => ({
  ...schema,
  properties: { ...schema.properties, ...resourceFields },
});

const listStructure = (schema: Schema | undefined): Structure => {
  const type = schema?.['x-kubernetes-list-type'];
  if (type === 'set') return 'set';
  return type === 'map' ? 'keyed' : 'piece';
};

export const structureOf = (value: unknown, schema: Schema | undefined): Structure => {
  if (Array.isArray(value)) return listStructure(schema);
  if (!isJsonObject(value)) return 'piece';
  return schema?.['x-kubernetes-map-type'] === 'atomic' ? 'piece' : 'fields';
};

/** Nothing to go into: absent, null, or empty. */
export const isHollow = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
};

/** The schema of a field: a named one, else that of a map's values. */
export const fieldSchema = (schema: Schema | undefined, name: string): Schema | undefined => {
  const { properties, additionalProperties } = schema ?? {};
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
};

export const isNamedField = (schema: Schema | undefined, name: string): boolean =>
  schema?.properties !== undefined && Object.hasOwn(schema.properties, name);

const keyOf = (item: JsonObject, schema: Schema | undefined): string | undefined => {
  const keys: JsonObject = {};
  for (const name of [...(schema?.['x-kubernetes-list-map-keys'] ?? [])].sort()) {
    const value = item[name] ?? schema?.items?.properties?.[name]?.default;
    if (value !== undefined) keys[name] = value;
  }
  return Object.keys(keys).length === 0 ? undefined : `k:${JSON.stringify(keys)}`;
};

/** A list item's path element; undefined where an item has none (no keys, or not a scalar in a set). */
export const itemElement = (item: unknown, schema: Schema | undefined): string | undefined => {
  if (schema?.['x-kubernetes-list-type'] === 'map')
    return isJsonObject(item) ? keyOf(item, schema) : undefined;
  return typeof item === 'object' ? undefined : `v:${JSON.stringify(item)}`;
};

/** The items of a list under their path elements, in order; items that share one stand together. */
export const itemsByElement = (list: unknown, schema: Schema | undefined): Map<string, unknown[]> => {
  const items = new Map<string, unknown[]>();
  if (!Array.isArray(list)) return items;
  for (const item of list) {
    const element = itemElement(item, schema);
    if (element === undefined) continue;
    const same = items.get(element);
    if (same === undefined) items.set(element, [item]);
    else same.push(item);
  }
  return items;
};
