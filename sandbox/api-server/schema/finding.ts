import type { FieldError, FieldErrorReason } from '../field-error.ts';
import { isJsonObject } from './json-value.ts';

/** Stands for a value that a finding does not show: objects and lists that break a CEL rule. */
export const omitted = Symbol('omitted');

const labels: Record<FieldErrorReason, string> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueNotFound: 'Not found',
};

const shortEscapes: Record<string, string> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

const escaped = (char: string): string => {
  const code = char.charCodeAt(0);
  const hex = code.toString(16);
  return shortEscapes[char] ?? (code < 0x80 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
};

/** A text in double quotes as Go's `%q` prints it. */
export const goQuote = (text: string): string => `"${text.replaceAll(/[\p{Cc}"\\]/gu, escaped)}"`;

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
};

/** JSON as Go's encoder writes it: fields in order of their names, `<`, `>` and `&` escaped. */
export const goJson = (value: unknown): string =>
  JSON.stringify(sorted(value)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A value as Go's `%v` prints it: `map[a:1 b:[x y]]`. */
export const goPrint = (value: unknown): string => {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`;
  if (!isJsonObject(value)) return String(value);
  const fields = Object.keys(value)
    .sort()
    .map((name) => `${name}:${goPrint(value[name])}`);
  return `map[${fields.join(' ')}]`;
};

const shown = (value: unknown): string => {
  if (typeof value === 'string') return goQuote(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : goJson(value);
};

const finding = (reason: FieldErrorReason, field: string, detail: string, value?: unknown): FieldError => ({
  reason,
  field: field === '' ? '<nil>' : field,
  message: [labels[reason], value === omitted || value === undefined ? '' : shown(value), detail]
    .filter((part) => part !== '')
    .join(': '),
});

/** The wordings of a kube-apiserver's findings, as `k8s.io/apimachinery/pkg/util/validation/field` has them. */
export const findings = {
  required: (field: string, detail = '') => finding('FieldValueRequired', field, detail),
  forbidden: (field: string, detail: string) => finding('FieldValueForbidden', field, detail),
  invalid: (field: string, value: unknown, detail: string) =>
    finding('FieldValueInvalid', field, detail, value),
  typeInvalid: (field: string, value: unknown, detail: string) =>
    finding('FieldValueTypeInvalid', field, detail, value),
  duplicate: (field: string, value: unknown) => finding('FieldValueDuplicate', field, '', value),
  notFound: (field: string, value: unknown) => finding('FieldValueNotFound', field, '', value),
  notSupported: (field: string, value: unknown, supported: readonly string[]) =>
    finding(
      'FieldValueNotSupported',
      field,
      supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`,
      value,
    ),
  tooLong: (field: string, max: number) =>
    finding('FieldValueTooLong', field, `may not be more than ${max} ${max === 1 ? 'byte' : 'bytes'}`),
  tooMany: (field: string, actual: number, max: number) =>
    finding('FieldValueTooMany', field, `must have at most ${max} ${max === 1 ? 'item' : 'items'}`, actual),
} as const;
