import { isIP, isIPv4, isIPv6 } from 'node:net';
import formatChecks from 'ajv-formats/dist/formats.js';

type Check = (text: string) => boolean;

const matches =
  (pattern: RegExp): Check =>
  (text) =>
    pattern.test(text);

const { fullFormats } = formatChecks;

/** The check of a format as ajv-formats defines it: a pattern, a function, or a record that holds one. */
const fromAjv = (name: keyof typeof fullFormats): Check => {
  const defined = fullFormats[name];
  const check =
    typeof defined === 'object' && defined !== null && 'validate' in defined ? defined.validate : defined;
  if (check instanceof RegExp) return matches(check);
  return typeof check === 'function'
    ? (text) => Boolean((check as (text: string) => unknown)(text))
    : () => true;
};

const isPrefixLength = (text: string, bits: number): boolean =>
  /^\d{1,3}$/.test(text) && Number(text) <= bits;

const isCidr: Check = (text) => {
  const [address = '', length = '', ...rest] = text.split('/');
  return rest.length === 0 && isIP(address) !== 0 && isPrefixLength(length, isIPv4(address) ? 32 : 128);
};

const uuid = (version: string, variant = '[0-9a-f]') =>
  matches(
    new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i'),
  );

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';

/**
 * The string formats that a kube-apiserver checks, under their names without dashes; a format that is not here is ignored,
 * as it is there (apiextensions-apiserver, `supportedVersionedFormats`).
 */
const checks: Record<string, Check> = {
  byte: (text) => text !== '' && fromAjv('byte')(text),
  cidr: isCidr,
  date: fromAjv('date'),
  datetime: fromAjv('date-time'),
  duration: matches(/^[+-]?(?:0|(?:\d+(?:\.\d*)?|\.\d+) ?(?:ns|us|µs|μs|ms|s|m|h|d|w)(?:\w*))+$/),
  email: matches(/^(?:[^<>]*<)?[^\s@<>]+@[^\s@<>]+>?$/),
  hexcolor: matches(/^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i),
  hostname: fromAjv('hostname'),
  ipv4: matches(/^0*(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.0*(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/),
  ipv6: isIPv6,
  k8slongname: (text) => text.length <= 253 && matches(new RegExp(`^${label}(?:\\.${label})*$`))(text),
  k8sshortname: matches(new RegExp(`^${label}$`)),
  mac: matches(/^(?:[0-9a-f]{2}[:-]){5}(?:[0-9a-f]{2})$/i),
  password: () => true,
  uri: (text) => text.startsWith('/') || fromAjv('uri')(text),
  uuid: uuid('[0-9a-f]'),
  uuid3: uuid('3'),
  uuid4: uuid('4', '[89ab]'),
  uuid5: uuid('5', '[89ab]'),
};

/** The check of a string format; undefined where a kube-apiserver has none for it. */
export const formatCheck = (format: string): Check | undefined => {
  const name = format.replaceAll('-', '');
  return Object.hasOwn(checks, name) ? checks[name] : undefined;
};
