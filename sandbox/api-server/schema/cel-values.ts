import { Duration } from '@marcbachmann/cel-js/evaluator';
import { isJsonObject, type JsonObject } from './json-value.ts';
import type { Schema } from './schema.ts';

/** Names that CEL reserves; a field called so is written `__name__` in a rule. */
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const escapes: Record<string, string> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** A field's name as a rule writes it; undefined where CEL cannot reach the field (k8s.io/apiserver/pkg/cel, `Escape`). */
export const escapeName = (name: string): string | undefined => {
  if (reserved.has(name)) return `__${name}__`;
  if (!/^[a-zA-Z_./-][\w./-]*$/.test(name)) return undefined;
  return name.replaceAll(/__|[-./]/g, (part) => escapes[part] ?? part);
};

const unitSeconds: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

const toDuration = (text: string): Duration => {
  const seconds = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  );
  return Duration.fromMilliseconds((text.startsWith('-') ? -seconds : seconds) * 1000);
};

const textValue = (text: string, format: string | undefined): unknown => {
  if (format === 'date-time' || format === 'datetime' || format === 'date') return new Date(text);
  if (format === 'duration') return toDuration(text);
  return format === 'byte' ? Buffer.from(text, 'base64') : text;
};

const fieldSchema = (schema: Schema | undefined, name: string): Schema | undefined =>
  schema?.properties?.[name] ??
  (typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined);

/** Objects with properties have fields, written escaped; maps have keys, which stay as they are. */
const objectValue = (object: JsonObject, schema: Schema | undefined): JsonObject => {
  const named = schema?.properties !== undefined || schema?.['x-kubernetes-embedded-resource'] === true;
  const value: JsonObject = Object.create(null) as JsonObject;
  for (const name of Object.keys(object)) {
    const key = named ? escapeName(name) : name;
    if (key !== undefined) value[key] = toCel(object[name], fieldSchema(schema, name));
  }
  return value;
};

/**
 * A JSON value as CEL sees it through its schema: integers are int (bigint), `number` is double, times and durations are
 * what their format says, fields are escaped.
 */
export const toCel = (value: unknown, schema: Schema | undefined): unknown => {
  if (typeof value === 'number')
    return schema?.type !== 'number' && Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string') return textValue(value, schema?.format);
  if (Array.isArray(value)) return value.map((item) => toCel(item, schema?.items));
  return isJsonObject(value) ? objectValue(value, schema) : value;
};
