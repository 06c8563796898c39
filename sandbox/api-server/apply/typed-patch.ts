import { goPrint, goQuote } from '../schema/finding.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import type { Schema } from '../schema/schema.ts';
import { printPath } from './field-set.ts';
import { fieldSchema, isNamedField, itemElement } from './structure.ts';

const goTypeOf = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

type Scalar = { accepts: (value: unknown) => boolean; expected: (value: unknown) => string };

const numeric: Scalar = {
  accepts: (value) => typeof value === 'number',
  expected: (value) => `expected numeric (int or float), got ${goTypeOf(value)}`,
};

const scalarTypes: Readonly<Record<string, Scalar>> = {
  string: {
    accepts: (value) => typeof value === 'string',
    expected: (value) => `expected string, got &value.valueUnstructured{Value:${goPrint(value)}}`,
  },
  boolean: {
    accepts: (value) => typeof value === 'boolean',
    expected: (value) => `expected boolean, got &{${goPrint(value)}}`,
  },
  integer: numeric,
  number: numeric,
};

const isOpen = (schema: Schema): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true ||
  schema['x-kubernetes-embedded-resource'] === true ||
  schema.additionalProperties !== undefined ||
  Object.keys(schema.properties ?? {}).length === 0;

const checkObject = (value: unknown, schema: Schema, path: readonly string[]): string[] => {
  if (!isJsonObject(value)) return [`${printPath(path)}: expected map, got &{${goPrint(value)}}`];
  return Object.keys(value)
    .sort()
    .flatMap((name) => {
      const inner = [...path, `f:${name}`];
      if (!isNamedField(schema, name) && !isOpen(schema))
        return [`${printPath(inner)}: field not declared in schema`];
      return checkTyped(value[name], fieldSchema(schema, name), inner);
    });
};

const checkList = (value: unknown, schema: Schema, path: readonly string[]): string[] => {
  if (!Array.isArray(value)) return [`${printPath(path)}: expected list, got &{${goPrint(value)}}`];
  const type = schema['x-kubernetes-list-type'] ?? 'atomic';
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    const element = type === 'atomic' ? `i:${index}` : itemElement(item, schema);
    if (element === undefined) return [`${printPath(path)}: element ${index}: ${keyProblem(schema)}`];
    if (seen.has(element)) return [`${printPath(path)}: duplicate entries for key ${printPath([element])}`];
    seen.add(element);
    return checkTyped(item, schema.items, [...path, element]);
  });
};

const keyProblem = (schema: Schema): string =>
  schema['x-kubernetes-list-type'] === 'map'
    ? `associative list with keys has an element that omits all key fields [${(schema['x-kubernetes-list-map-keys'] ?? []).map(goQuote).join(' ')}] (and doesn't have default values for any key fields)`
    : "associative list without keys has an element that's a map type";

const checkTyped = (value: unknown, schema: Schema | undefined, path: readonly string[]): string[] => {
  if (value === null || schema === undefined || schema['x-kubernetes-int-or-string'] === true) return [];
  if (schema.type === 'object') return checkObject(value, schema, path);
  if (schema.type === 'array') return checkList(value, schema, path);
  const wanted = schema.type === undefined ? undefined : scalarTypes[schema.type];
  if (wanted === undefined || wanted.accepts(value)) return [];
  return [`${printPath(path)}: ${wanted.expected(value)}`];
};

const nameOf = (object: JsonObject): string => {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  return `${metadata['namespace'] ?? ''}/${metadata['name'] ?? ''}`;
};

const typeOf = (object: JsonObject): string => {
  const [group, version] = String(object['apiVersion']).includes('/')
    ? String(object['apiVersion']).split('/')
    : ['', String(object['apiVersion'])];
  return `${group}/${version}, Kind=${String(object['kind'])}`;
};

/** Why a configuration cannot be applied: fields that the schema does not have, values of the wrong type, doubled items. */
export const patchProblem = (applied: JsonObject, schema: Schema): string | undefined => {
  const problems = checkTyped(applied, schema, []);
  const [first] = problems;
  if (first === undefined) return undefined;
  const text =
    problems.length === 1 ? first : `errors:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
  return `failed to create typed patch object (${nameOf(applied)}; ${typeOf(applied)}): ${text}`;
};
