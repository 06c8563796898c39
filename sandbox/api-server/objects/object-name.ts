import { randomInt } from 'node:crypto';
import type { FieldError } from '../field-error.ts';
import type { Strategy } from '../kind.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const limited = (name: string, max: number, pattern: RegExp, rule: string): string[] => [
  ...(name.length > max ? [`must be no more than ${max} characters`] : []),
  ...(pattern.test(name) ? [] : [rule]),
];

const pathSegmentProblems = (name: string): string[] => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
};

/** What is wrong with a name, in kube-apiserver's words. */
export const nameProblems = (name: string, rule: Strategy['nameRule']): string[] => {
  if (rule === 'path-segment') return pathSegmentProblems(name);
  return rule === 'label'
    ? limited(name, 63, label, subdomain.test(name) ? 'must not contain dots' : labelRule)
    : limited(name, 253, subdomain, subdomainRule);
};

const invalidName = (field: string, name: string, problem: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${JSON.stringify(name)}: ${problem}`,
});

/** Findings about `metadata.name` and `metadata.generateName` of an object to be created. */
export const validateName = (
  metadata: { name?: string; generateName?: string },
  rule: Strategy['nameRule'],
): FieldError[] => {
  const { name = '', generateName = '' } = metadata;
  // A prefix may end with what a name must not end with.
  const ofPrefix = generateName === '' ? [] : nameProblems(generateName.replace(/[-.]+$/, '') || 'x', rule);
  if (name === '')
    return [
      {
        reason: 'FieldValueRequired',
        field: 'metadata.name',
        message: 'Required value: name or generateName is required',
      },
    ];
  return [
    ...ofPrefix.map((problem) => invalidName('metadata.generateName', generateName, problem)),
    ...nameProblems(name, rule).map((problem) => invalidName('metadata.name', name, problem)),
  ];
};

/** Without vowels and look-alikes, so that no word comes out (apimachinery `util/rand`). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A name from a prefix and five random characters; the prefix is cut so that the name stays a label. */
export const generateName = (prefix: string): string =>
  prefix.slice(0, 58) + Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
