import type { FieldError } from '../field-error.ts';
import { findings } from './finding.ts';
import { checkFields, checkItems, child, type ValueCheck } from './inner-checks.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import type { Schema } from './schema.ts';

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

const checkResource: ValueCheck = (value, field) =>
  isJsonObject(value)
    ? [
        ...checkTypeField(value, 'apiVersion', field),
        ...checkTypeField(value, 'kind', field),
        ...checkKind(value, field),
      ]
    : [];

const both = (one: ValueCheck | undefined, other: ValueCheck | undefined): ValueCheck | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return (value, field) => [...one(value, field), ...other(value, field)];
};

/** Compiles the checks of `x-kubernetes-embedded-resource` inside an object; undefined where there is none. */
export const compileEmbedded = (schema: Schema): ValueCheck | undefined => {
  const own = schema['x-kubernetes-embedded-resource'] === true ? checkResource : undefined;
  return both(own, both(checkItems(schema.items, compileEmbedded), checkFields(schema, compileEmbedded)));
};
