/**
 * A type of the built-in API in few bytes. A field is its type and its description; types are written `string`,
 * `string:date-time`, `integer:int32`, `boolean`, `any`, `int-or-string`, `[]` and `{}` before the type of items and
 * values, and `#` before the name of a definition.
 */
export type CompactDefinition = {
  about: string;
  required: string[];
  fields: Record<string, [type: string, about: string]>;
};
