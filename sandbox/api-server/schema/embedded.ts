import type { FieldError } from '../field-error.ts';
import { findings } from './finding.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import type { Schema } from './schema.ts';

/** Checks `apiVersion` and `kind` of the resources that an object embeds. */
export type EmbeddedCheck = (value: unknown, field: string) => FieldError[];

const child = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`);

const checkTypeField = (resource: JsonObject, name: string, field: string): FieldError[] => {
  const value = resource[name];
  const place = child(field, name);
  if (value === undefined) return [findings.required(place)];
  if (typeof value !== 'string') return [findings.invalid(place, value, 'must be a string')];
  return value === '' ? [findings.invalid(place, value, 'must not be empty')] : [];
};

const kindRule =
  "may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

const checkKind = (resource: JsonObject, field: string): FieldError[] => {
  const { kind } = resource;
  if (typeof kind !== 'string' || kind === '' || /^[a-z]([-a-z0-9]*[a-z0-9])?$/i.test(kind)) return [];
  return [findings.invalid(child(field, 'kind'), kind, kindRule)];
};

const checkResource: EmbeddedCheck = (value, field) =>
  isJsonObject(value)
    ? [
        ...checkTypeField(value, 'apiVersion', field),
        ...checkTypeField(value, 'kind', field),
        ...checkKind(value, field),
      ]
    : [];

const both = (
  one: EmbeddedCheck | undefined,
  other: EmbeddedCheck | undefined,
): EmbeddedCheck | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return (value, field) => [...one(value, field), ...other(value, field)];
};

const inItems = (items: Schema | undefined): EmbeddedCheck | undefined => {
  const check = items === undefined ? undefined : compileEmbedded(items);
  if (check === undefined) return undefined;
  return (value, field) =>
    Array.isArray(value) ? value.flatMap((item, index) => check(item, `${field}[${index}]`)) : [];
};

const inFields = (schema: Schema): EmbeddedCheck | undefined => {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const check = compileEmbedded(property);
    return check === undefined ? [] : [{ name, check }];
  });
  const others =
    typeof schema.additionalProperties === 'object'
      ? compileEmbedded(schema.additionalProperties)
      : undefined;
  if (named.length === 0 && others === undefined) return undefined;
  return (value, field) => {
    if (!isJsonObject(value)) return [];
    const keyed =
      others === undefined ? [] : Object.keys(value).flatMap((key) => others(value[key], `${field}[${key}]`));
    return [...named.flatMap(({ name, check }) => check(value[name], child(field, name))), ...keyed];
  };
};

/** Compiles the checks of `x-kubernetes-embedded-resource` inside an object; undefined where there is none. */
export const compileEmbedded = (schema: Schema): EmbeddedCheck | undefined => {
  const own = schema['x-kubernetes-embedded-resource'] === true ? checkResource : undefined;
  return both(own, both(inItems(schema.items), inFields(schema)));
};
