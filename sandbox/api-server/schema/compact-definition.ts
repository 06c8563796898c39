/**
 * A type of the built-in API in few bytes: its fields with their types, which are written `string`, `string:date-time`,
 * `integer:int32`, `boolean`, `any`, `int-or-string`, `[]` and `{}` before the type of items and values, and `#` before the
 * name of a definition.
 */
export type CompactDefinition = {
  required: string[];
  fields: Record<string, string>;
};
