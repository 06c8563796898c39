import { cloneJson, isJsonObject, type JsonObject, setField } from './json-value.ts';
import type { Schema } from './schema.ts';

const isMissing = (value: unknown, schema: Schema): boolean =>
  value === undefined || (value === null && schema.nullable !== true);

/** Tells at compile time which branches hold defaults at all, so that the others are never walked. */
const holdsDefaults = (schema: Schema): boolean =>
  schema.default !== undefined || holdsDefaultsInside(schema);

const holdsDefaultsInside = (schema: Schema): boolean =>
  Object.values(schema.properties ?? {}).some(holdsDefaults) ||
  (schema.items !== undefined && holdsDefaults(schema.items)) ||
  (typeof schema.additionalProperties === 'object' && holdsDefaults(schema.additionalProperties));

type Fill = (value: unknown) => unknown;

const unchanged: Fill = (value) => value;

/** The value with the schema's own default first, then with those inside it. */
const fillOf = (schema: Schema): Fill => {
  const inside = insideOf(schema);
  const { default: fallback } = schema;
  if (fallback === undefined) return inside;
  return (value) => inside(isMissing(value, schema) ? cloneJson(fallback) : value);
};

const fillList = (items: Schema): Fill => {
  const fill = fillOf(items);
  return (value) => {
    if (!Array.isArray(value)) return value;
    const filled = value.map(fill);
    return filled.some((item, index) => item !== value[index]) ? filled : value;
  };
};

const fillObject = (schema: Schema): Fill => {
  const fills = Object.entries(schema.properties ?? {})
    .filter(([, property]) => holdsDefaults(property))
    .map(([name, property]) => ({ name, fill: fillOf(property) }));
  const named = schema.properties ?? {};
  const others =
    typeof schema.additionalProperties === 'object' ? fillOf(schema.additionalProperties) : undefined;
  return (value) => {
    if (!isJsonObject(value)) return value;
    let filled: JsonObject = value;
    const put = (name: string, next: unknown) => {
      if (next === filled[name]) return;
      if (filled === value) filled = { ...value };
      setField(filled, name, next);
    };
    for (const { name, fill } of fills) put(name, fill(Object.hasOwn(value, name) ? value[name] : undefined));
    if (others !== undefined)
      for (const name of Object.keys(value)) if (!Object.hasOwn(named, name)) put(name, others(value[name]));
    return filled;
  };
};

const insideOf = (schema: Schema): Fill => {
  if (!holdsDefaultsInside(schema)) return unchanged;
  return schema.items === undefined ? fillObject(schema) : fillList(schema.items);
};

/** Makes the function that fills in a schema's defaults; it copies only what it changes. */
export const compileDefaults = (schema: Schema): (<T>(value: T) => T) => {
  const fill = insideOf(schema);
  return <T>(value: T) => fill(value) as T;
};

/** Fills in what is missing, or null without being nullable, where the schema has a default. */
export const applyDefaults = <T>(value: T, schema: Schema): T => compileDefaults(schema)(value);
