import { isDeepStrictEqual } from 'node:util';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const uid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/;

/** What a masked value of the recording must look like. */
const shapes: Record<string, RegExp> = {
  '<uid>': new RegExp(`^${uid.source}$`),
  '<rv>': /^\d+$/,
  '<time>': new RegExp(`^${time.source}$`),
  '<continue>': /^\S+$/,
};

/** Ages differ by when the test asks, also those of a fixed day: `12s`, `5m3s`, `6y326d`. */
const age = /^\d+[ydhms](\d+[dhms])?$/;

/** What the recording masks inside longer texts: ports, uids, the time and version of the object that a message quotes. */
const masked = (text: string): string =>
  text
    .replaceAll(uid, '<uid>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    .replaceAll(/(resourceVersion\\+":\\+")\d+/g, '$1<rv>')
    .replaceAll(/((?:creationTimestamp|time)\\+":\\+")\d{4}-[-\d:T]+Z/g, '$1<time>')
    .replaceAll(/X509SHA256=[0-9a-f]+/g, 'X509SHA256=<hash>');

const sameText = (expected: string, actual: unknown): boolean => {
  if (typeof actual !== 'string') return false;
  const shape = shapes[expected];
  if (shape !== undefined) return shape.test(actual);
  if (age.test(expected) && age.test(actual)) return true;
  return masked(expected) === masked(actual);
};

/** The server made up the end of the name. */
const isGeneratedName = (field: string, expected: Json, actual: Json): boolean => {
  const prefix = expected['generateName'];
  if (field !== 'name' || typeof prefix !== 'string') return false;
  return new RegExp(`^${prefix}[a-z0-9]{5}$`).test(String(actual['name']));
};

/** Fields that the recording left out where an entry is not about them: managed fields, and the texts of columns. */
const optional = ['managedFields', 'description'];

const fieldsOf = (expected: Json, actual: Json): string[] =>
  [...new Set([...Object.keys(expected), ...Object.keys(actual)])].filter(
    (field) => !optional.includes(field) || expected[field] !== undefined,
  );

type Cause = { field?: string; message?: string };

type Named = { name?: string };

/** Discovery lists the kinds of CRDs in the order in which they came up. */
const withSortedResources = (body: unknown): unknown => {
  if (!isObject(body) || body['kind'] !== 'APIResourceList' || !Array.isArray(body['resources'])) return body;
  const nameOf = ({ name = '' }: Named) => name;
  const byName = (one: Named, other: Named) => (nameOf(one) < nameOf(other) ? -1 : 1);
  return { ...body, resources: body['resources'].toSorted(byName) };
};

/** A server tells findings of one object in no fixed order (it walks a Go map): they are compared in order of their texts. */
const withSortedCauses = (body: unknown): unknown => {
  const details = isObject(body) ? body['details'] : undefined;
  const causes = isObject(details) ? details['causes'] : undefined;
  if (!isObject(body) || !isObject(details) || !Array.isArray(causes)) return body;
  const textOf = ({ field, message }: Cause) => `${field}: ${message}`;
  const sorted = causes.toSorted((one: Cause, other: Cause) => (textOf(one) < textOf(other) ? -1 : 1));
  const together = (of: Cause[]) => of.map(textOf).join(', ');
  return {
    ...body,
    message: String(body['message']).replace(together(causes), () => together(sorted)),
    details: { ...details, causes: sorted },
  };
};

const join = (path: string, field: string): string => (path === '' ? field : `${path}.${field}`);

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** Every place where an answer differs from the recording: `path: recorded …, got …`. Masked values match by their shape. */
export const differences = (expected: unknown, actual: unknown, path = ''): string[] => {
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length)
    return expected.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`));
  if (isObject(expected) && isObject(actual))
    return fieldsOf(expected, actual).flatMap((field) =>
      isGeneratedName(field, expected, actual)
        ? []
        : differences(expected[field], actual[field], join(path, field)),
    );
  const same =
    typeof expected === 'string' ? sameText(expected, actual) : isDeepStrictEqual(expected, actual);
  return same ? [] : [`${path || 'the whole'}: recorded ${show(expected)}, got ${show(actual)}`];
};

/** A body with its parts in a fixed order, where servers have none. */
export const inFixedOrder = (body: unknown): unknown => withSortedResources(withSortedCauses(body));
