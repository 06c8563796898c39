/** A JSON object, read or built by this server. */
export type JsonObject = { [field: string]: unknown };

/** Whether a JSON value is an object: neither null nor an array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sameItems = (one: readonly unknown[], other: unknown): boolean =>
  Array.isArray(other) &&
  one.length === other.length &&
  one.every((item, index) => sameJson(item, other[index]));

const sameFields = (one: JsonObject, other: unknown): boolean => {
  if (!isJsonObject(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && sameJson(one[name], other[name]));
};

/** Deep equality of two JSON values; the order of an object's fields does not count. */
export const sameJson = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (Array.isArray(one)) return sameItems(one, other);
  return isJsonObject(one) && sameFields(one, other);
};

/** A deep copy of a JSON value. */
export const cloneJson = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(cloneJson) as T;
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const name of Object.keys(value)) copy[name] = cloneJson(value[name]);
  return copy as T;
};

/** Sets a field, also one that is named `__proto__`, which plain assignment would swallow. */
export const setField = (object: JsonObject, name: string, value: unknown): void => {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
};
