import { isJsonObject, type JsonObject, setField } from './json-value.ts';
import { resourceFields } from './object-meta.ts';
import type { Schema } from './schema.ts';

/** What is left of an object, and the paths of what its schema does not know (`spec.foo`, `spec.list[0].bar`). */
export type Pruned<T> = { object: T; unknown: string[] };

/** Walks without copying: a copy is made only where something goes. */
type Walk = (value: unknown, schema: Schema | undefined, path: string, unknown: string[]) => unknown;

const fieldSchema = (schema: Schema | undefined, name: string): Schema | undefined => {
  if (schema?.['x-kubernetes-embedded-resource'] === true && Object.hasOwn(resourceFields, name))
    return resourceFields[name];
  const { properties } = schema ?? {};
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name];
  const others = schema?.additionalProperties;
  if (others === true) return { 'x-kubernetes-preserve-unknown-fields': true };
  return typeof others === 'object' ? others : undefined;
};

/** A null where the schema wants a value and has no default counts as absent, as in a structural schema. */
const isDroppedNull = (value: unknown, schema: Schema): boolean =>
  value === null &&
  schema.nullable !== true &&
  schema.default === undefined &&
  schema['x-kubernetes-preserve-unknown-fields'] !== true;

const keptField = (
  field: { name: string; value: unknown; path: string },
  schema: Schema | undefined,
  unknown: string[],
) => {
  const { name, value, path } = field;
  const known = fieldSchema(schema, name);
  if (known !== undefined)
    return isDroppedNull(value, known) ? undefined : pruneValue(value, known, path, unknown);
  if (schema?.['x-kubernetes-preserve-unknown-fields'] === true) return value;
  unknown.push(path);
  return undefined;
};

const pruneFields = (
  object: JsonObject,
  schema: Schema | undefined,
  path: string,
  unknown: string[],
): JsonObject => {
  const kept: JsonObject = {};
  let changed = false;
  for (const name of Object.keys(object)) {
    const value = object[name];
    const pruned = keptField({ name, value, path: path === '' ? name : `${path}.${name}` }, schema, unknown);
    if (pruned !== undefined) setField(kept, name, pruned);
    if (pruned !== value) changed = true;
  }
  return changed ? kept : object;
};

const pruneItems = (
  items: unknown[],
  schema: Schema | undefined,
  path: string,
  unknown: string[],
): unknown[] => {
  const itemSchema =
    schema?.items ?? (schema?.['x-kubernetes-preserve-unknown-fields'] === true ? schema : undefined);
  const kept = items.map((item, index) => pruneValue(item, itemSchema, `${path}[${index}]`, unknown));
  return kept.some((item, index) => item !== items[index]) ? kept : items;
};

const pruneValue: Walk = (value, schema, path, unknown) => {
  if (Array.isArray(value)) return pruneItems(value, schema, path, unknown);
  return isJsonObject(value) ? pruneFields(value, schema, path, unknown) : value;
};

const isOfMetadata = (path: string): boolean => path.startsWith('metadata.');

/** A built-in kind tells unknown fields as they come; a custom one sorts them, those of `metadata` first. */
const inOrder = (unknown: string[], schema: Schema): string[] => {
  if (schema.definition !== undefined) return unknown;
  const sorted = unknown.sort();
  return [...sorted.filter(isOfMetadata), ...sorted.filter((path) => !isOfMetadata(path))];
};

/**
 * Drops the fields that the schema does not have, and nulls that stand for "not set". `apiVersion`, `kind` and `metadata`
 * are known at the root and in embedded resources. The object itself is not changed.
 */
export const pruneUnknown = <T extends JsonObject>(object: T, schema: Schema): Pruned<T> => {
  const unknown: string[] = [];
  const pruned = pruneFields(object, { ...schema, 'x-kubernetes-embedded-resource': true }, '', unknown);
  return { object: pruned as T, unknown: inOrder(unknown, schema) };
};
