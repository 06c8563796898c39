import { goQuote } from './finding.ts';
import { formatCheck } from './formats.ts';
import { sameJson } from './json-value.ts';
import type { Schema } from './schema.ts';
import type { Outcome, Violation } from './violation.ts';

/** One check of one value; adds what it finds to the outcome. `path` is relative to what is validated. */
export type Check = (value: unknown, path: string, outcome: Outcome) => void;

const integerFormats = ['int32', 'int64'];
const numberFormats = ['float', 'double'];

/** The format as far as kube-apiserver knows it for the schema's type; unknown formats are ignored. */
const effectiveFormat = (schema: Schema): string => {
  const format = schema.format ?? '';
  if (schema['x-kubernetes-int-or-string'] === true) return '';
  if (schema.type === undefined || schema.type === 'string')
    return formatCheck(format) === undefined ? '' : format;
  if (schema.type === 'integer') return integerFormats.includes(format) ? format : '';
  if (schema.type === 'number') return numberFormats.includes(format) ? format : '';
  return '';
};

/** The JSON type of a value, and the format that Go's decoder gives numbers. */
const typeOf = (value: unknown): { type: string; format: string } => {
  if (value === null) return { type: 'null', format: '' };
  if (Array.isArray(value)) return { type: 'array', format: '' };
  if (typeof value !== 'number') return { type: typeof value, format: '' };
  return Number.isInteger(value)
    ? { type: 'integer', format: 'int64' }
    : { type: 'number', format: 'float64' };
};

const wrongType = (path: string, wanted: string, found: string): Violation => ({
  code: 'type',
  path,
  value: found,
  detail: `${path} in body must be of type ${wanted}: ${goQuote(found)}`,
});

const acceptedTypes = (schema: Schema): string[] => {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined ? [] : [schema.type];
};

const isAccepted = (accepted: readonly string[], found: string): boolean =>
  accepted.includes(found) || (found === 'integer' && accepted.includes('number'));

/** The type check, in kube-openapi's order: null, then the format of a number, then the type. */
export const typeCheck = (schema: Schema): Check | undefined => {
  const accepted = acceptedTypes(schema);
  const format = effectiveFormat(schema);
  if (accepted.length === 0 && format === '') return undefined;
  const wanted = accepted.join(',');
  const numeric = accepted.includes('integer') || accepted.includes('number');
  return (value, path, outcome) => {
    const found = typeOf(value);
    const textual = found.type === 'string' || found.type === 'array';
    if (value === null) {
      if (accepted.length > 0 && schema.nullable !== true)
        outcome.violations.push(wrongType(path, wanted, 'null'));
      else outcome.matches++;
    } else if (!textual && format !== '' && !isAccepted(accepted, found.type))
      outcome.violations.push(wrongType(path, format, found.format));
    else if (!(format !== '' && textual && !numeric) && !isAccepted(accepted, found.type))
      outcome.violations.push(wrongType(path, wanted, found.type));
    else outcome.matches++;
  };
};

/** `enum`; a null is looked up too. */
export const enumCheck = (schema: Schema): Check | undefined => {
  const supported = schema.enum;
  if (supported === undefined || supported.length === 0) return undefined;
  return (value, path, outcome) => {
    if (!supported.some((candidate) => sameJson(candidate, value)))
      outcome.violations.push({ code: 'enum', path, value, supported });
  };
};

const runes = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

const invalid = (path: string, value: unknown, detail: string): Violation => ({
  code: 'invalid',
  path,
  value,
  detail: `${path} in body ${detail}`,
});

/** A Go regular expression in JavaScript; inline `(?i)` becomes a flag. Undefined where JavaScript cannot read it. */
const regexOf = (pattern: string): RegExp | undefined => {
  const insensitive = pattern.startsWith('(?i)');
  const source = (insensitive ? pattern.slice(4) : pattern).replaceAll('\\z', '$').replaceAll('\\A', '^');
  for (const flags of ['u', ''])
    try {
      return new RegExp(source, insensitive ? `i${flags}` : flags);
    } catch {
      // Go accepts escapes that JavaScript's strict mode refuses; the second round reads those.
    }
  return undefined;
};

/** Length and pattern of a text; the first finding ends it, as in kube-openapi. */
export const textCheck = (schema: Schema): Check | undefined => {
  const { maxLength, minLength, pattern } = schema;
  if (maxLength === undefined && minLength === undefined && pattern === undefined) return undefined;
  const regex = pattern === undefined ? undefined : regexOf(pattern);
  return (value, path, outcome) => {
    const text = String(value);
    if (maxLength !== undefined && text.length > maxLength && runes(text) > maxLength)
      outcome.violations.push({ code: 'tooLong', path, max: maxLength });
    else if (minLength !== undefined && runes(text) < minLength)
      outcome.violations.push(invalid(path, value, `should be at least ${minLength} chars long`));
    else if (regex !== undefined && !regex.test(text))
      outcome.violations.push(invalid(path, value, `should match '${pattern}'`));
  };
};

/** The format of a text. */
export const textFormatCheck = (schema: Schema): Check | undefined => {
  const format = effectiveFormat(schema);
  const check = format === '' ? undefined : formatCheck(format);
  if (check === undefined) return undefined;
  return (value, path, outcome) => {
    const text = String(value);
    if (!check(text)) outcome.violations.push(wrongType(path, format, text));
  };
};

/** Above this, Go's library no longer takes a float for a whole number. */
const largestWhole = Number.MAX_SAFE_INTEGER;

const isMultiple = (value: number, factor: number): boolean => {
  const ratio = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(ratio) <= largestWhole && Math.abs(ratio - Math.round(ratio)) < 1e-9;
};

/** Integers are compared with the factor cut to an integer, as kube-openapi does it: 0.5 is no factor for them. */
const multipleViolation = (factor: number, value: number, path: string): Violation | undefined => {
  const isWhole = Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  const used = isWhole ? Math.trunc(factor) : factor;
  if (used <= 0) {
    const detail = `factor MultipleOf declared for ${path} must be positive: ${used}`;
    return { code: 'invalid', path, value: used, detail };
  }
  return isMultiple(value, used) ? undefined : invalid(path, value, `should be a multiple of ${used}`);
};

const rangeViolation = (schema: Schema, value: number, path: string): Violation | undefined => {
  const format = effectiveFormat(schema);
  const limit = format === 'int32' ? 2 ** 31 : 2 ** 63;
  if (schema.type !== 'integer' || (Number.isInteger(value) && value >= -limit && value < limit))
    return undefined;
  const type = format === '' ? 'integer (default format)' : `integer with format ${format}`;
  return { code: 'composite', detail: `Checked value must be of type ${type} in ${path}` };
};

const boundViolations = (schema: Schema, value: number, path: string): Violation[] => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const found: Violation[] = [];
  if (minimum !== undefined && (value < minimum || (exclusiveMinimum === true && value === minimum)))
    found.push(
      invalid(path, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`),
    );
  if (maximum !== undefined && (value > maximum || (exclusiveMaximum === true && value === maximum)))
    found.push(
      invalid(path, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`),
    );
  return found;
};

/** Range of the format, then `multipleOf`, `minimum` and `maximum`. */
export const numberCheck = (schema: Schema): Check => {
  const { multipleOf } = schema;
  return (value, path, outcome) => {
    const number = Number(value);
    const outOfRange = rangeViolation(schema, number, path);
    if (outOfRange !== undefined) outcome.violations.push(outOfRange);
    const noMultiple = multipleOf === undefined ? undefined : multipleViolation(multipleOf, number, path);
    if (noMultiple !== undefined) outcome.violations.push(noMultiple);
    outcome.violations.push(...boundViolations(schema, number, path));
    outcome.matches++;
  };
};
