import { goQuote } from './finding.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { objectMetaSchema } from './object-meta.ts';
import type { Schema } from './schema.ts';

/** Where a value stands: the Go struct that it is a field of, and the fields from the root to it (no indices, no keys). */
type Place = { struct: string; fields: readonly string[] };

const structName = ({ definition = '' }: Schema): string => definition.slice(definition.lastIndexOf('.') + 1);

const goScalars: Readonly<Record<string, string>> = { boolean: 'bool', string: 'string', number: 'float64' };

const goType = (schema: Schema): string => {
  if (schema.type === 'array') return `[]${goType(schema.items ?? {})}`;
  if (schema.type === 'integer') return schema.format ?? 'int64';
  if (schema.type !== 'object') return goScalars[schema.type ?? ''] ?? 'interface {}';
  const values = schema.additionalProperties;
  return typeof values === 'object' ? `map[string]${goType(values)}` : `v1.${structName(schema)}`;
};

const jsonType = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

const mismatch = (found: string, schema: Schema, { struct, fields }: Place): string =>
  `json: cannot unmarshal ${found} into Go struct field ${struct}.${fields.join('.')} of type ${goType(schema)}`;

const integerLimit = (schema: Schema): number => (schema.format === 'int32' ? 2 ** 31 : 2 ** 63);

const integerProblem = (value: unknown, schema: Schema, place: Place): string | undefined => {
  if (typeof value !== 'number') return mismatch(jsonType(value), schema, place);
  const limit = integerLimit(schema);
  const fits = Number.isInteger(value) && value >= -limit && value < limit;
  return fits ? undefined : mismatch(`number ${value}`, schema, place);
};

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

const timeProblem = (value: unknown): string | undefined => {
  if (typeof value !== 'string')
    return `json: cannot unmarshal ${jsonType(value)} into Go value of type string`;
  if (rfc3339.test(value)) return undefined;
  return `parsing time ${goQuote(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${goQuote(value)} as "2006"`;
};

const scalarProblem = (value: unknown, schema: Schema, place: Place): string | undefined => {
  if (schema.format === 'date-time') return timeProblem(value);
  if (schema.type === 'integer') return integerProblem(value, schema, place);
  return jsonType(value) === goType(schema).replace('float64', 'number')
    ? undefined
    : mismatch(jsonType(value), schema, place);
};

const first = <T>(items: readonly T[], problemOf: (item: T) => string | undefined): string | undefined => {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

const objectProblem = (object: JsonObject, schema: Schema, place: Place): string | undefined => {
  const { properties, additionalProperties: values } = schema;
  if (typeof values === 'object')
    return first(Object.values(object), (value) => problemAt(value, values, place));
  const struct = structName(schema);
  return first(Object.keys(object), (name) => {
    const known = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return known === undefined
      ? undefined
      : problemAt(object[name], known, { struct, fields: [...place.fields, name] });
  });
};

const isOpen = (schema: Schema): boolean =>
  schema.type === undefined ||
  schema['x-kubernetes-int-or-string'] === true ||
  schema['x-kubernetes-preserve-unknown-fields'] === true;

const problemAt = (value: unknown, schema: Schema, place: Place): string | undefined => {
  if (value === null || isOpen(schema)) return undefined;
  if (schema.type === 'array') {
    const { items } = schema;
    if (!Array.isArray(value)) return mismatch(jsonType(value), schema, place);
    return items === undefined ? undefined : first(value, (item) => problemAt(item, items, place));
  }
  if (schema.type !== 'object') return scalarProblem(value, schema, place);
  return isJsonObject(value) ? objectProblem(value, schema, place) : mismatch(jsonType(value), schema, place);
};

/**
 * Why an object of a built-in kind cannot be read at all, as Go's JSON decoder says it: the first value of a wrong type.
 * Undefined for an object that can be read. Unknown fields are no problem here.
 */
export const decodeProblem = (object: JsonObject, schema: Schema): string | undefined =>
  problemAt(object, schema, { struct: '', fields: [] });

/** The same for an object of a custom kind: of it, only the metadata is read into a Go struct. */
export const metadataProblem = ({ metadata }: JsonObject): string | undefined =>
  metadata === undefined ? undefined : problemAt(metadata, objectMetaSchema, { struct: '', fields: [] });
