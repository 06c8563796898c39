import type { FieldError } from '../field-error.ts';
import { isJsonObject } from './json-value.ts';
import type { Schema } from './schema.ts';

/** A check of the value at a place; it finds nothing in values of other types. */
export type ValueCheck = (value: unknown, field: string) => FieldError[];

/** The place of a field inside an object at a place; the whole object has none. */
export const child = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`);

/** Makes the check of a schema; undefined where there is nothing to check, so that nothing is walked. */
type Compile = (schema: Schema) => ValueCheck | undefined;

/** The check of all items of a list. */
export const checkItems = (items: Schema | undefined, compile: Compile): ValueCheck | undefined => {
  const check = items === undefined ? undefined : compile(items);
  if (check === undefined) return undefined;
  return (value, field) =>
    Array.isArray(value) ? value.flatMap((item, index) => check(item, `${field}[${index}]`)) : [];
};

/** The check of all fields of an object, named ones and others. */
export const checkFields = (schema: Schema, compile: Compile): ValueCheck | undefined => {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const check = compile(property);
    return check === undefined ? [] : [{ name, check }];
  });
  const others =
    typeof schema.additionalProperties === 'object' ? compile(schema.additionalProperties) : undefined;
  if (named.length === 0 && others === undefined) return undefined;
  return (value, field) => {
    if (!isJsonObject(value)) return [];
    const keyed =
      others === undefined ? [] : Object.keys(value).flatMap((key) => others(value[key], `${field}[${key}]`));
    return [...keyed, ...named.flatMap(({ name, check }) => check(value[name], child(field, name)))];
  };
};
