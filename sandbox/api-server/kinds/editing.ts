import { isJsonObject, type JsonObject } from '../schema/json-value.ts';

/** Null counts as missing, as in the typed objects of a kube-apiserver. */
const present = (value: unknown): boolean => value !== undefined && value !== null;

/** The record with what it lacks taken from `defaults`. */
export const fill = (record: unknown, defaults: JsonObject): JsonObject => {
  const given = isJsonObject(record) ? record : {};
  const missing = Object.entries(defaults).filter(([name]) => !present(given[name]));
  return missing.length === 0 ? given : { ...given, ...Object.fromEntries(missing) };
};

/** A copy with the value of one field replaced by what `change` makes of it; undefined takes the field away. */
export const edit = <T extends JsonObject>(
  object: T,
  field: string,
  change: (value: unknown) => unknown,
): T => {
  const changed = change(object[field]);
  if (changed === object[field]) return object;
  const { [field]: _, ...rest } = object;
  return (changed === undefined ? rest : { ...rest, [field]: changed }) as T;
};

/** `edit` only where the field holds an object. */
export const editObject = <T extends JsonObject>(
  object: T,
  field: string,
  change: (value: JsonObject) => JsonObject | undefined,
): T => edit(object, field, (value) => (isJsonObject(value) ? change(value) : value));

/** `edit` of each object in a list, where the field holds a list. */
export const editItems = <T extends JsonObject>(
  object: T,
  field: string,
  change: (item: JsonObject) => JsonObject,
): T =>
  edit(object, field, (value) =>
    Array.isArray(value) ? value.map((item) => (isJsonObject(item) ? change(item) : item)) : value,
  );

/** Without fields that are null: a typed object cannot tell them from missing ones. */
export const withoutNulls = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(kept.map(([name, field]) => [name, withoutNulls(field)])) as T;
};
