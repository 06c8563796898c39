import { Buffer } from 'node:buffer';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { builtInKind } from './built-in-kind.ts';
import { text } from './columns.ts';
import { fill } from './editing.ts';
import { checkDataKeys, checkFrozen } from './keyed-data.ts';
import { read, recordAt, textAt } from './reading.ts';

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

/** `stringData` is written only: its texts join `data` in base64. */
const defaults = (secret: KubernetesObject): KubernetesObject => {
  const { stringData, ...rest } = secret;
  const typed = fill(rest, { type: 'Opaque' }) as KubernetesObject;
  const texts = Object.entries(recordAt({ stringData }, 'stringData'));
  if (texts.length === 0) return typed;
  const encoded = texts.map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
  return { ...typed, data: { ...recordAt(typed, 'data'), ...Object.fromEntries(encoded) } };
};

const validate = (secret: KubernetesObject): FieldError[] => {
  const data = recordAt(secret, 'data');
  return [
    ...checkDataKeys('data', Object.keys(data)),
    ...(requiredKeys[textAt(secret, 'type')] ?? [])
      .filter((key) => !Object.hasOwn(data, key))
      .map((key) => findings.required(`data[${key}]`)),
  ];
};

const validateChange = (secret: KubernetesObject, old: KubernetesObject): FieldError[] => {
  const type = read(secret, 'type');
  return [
    ...(type === read(old, 'type') ? [] : [findings.invalid('type', type, 'field is immutable')]),
    ...checkFrozen(secret, old, ['data']),
  ];
};

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Where Go's decoder gives up: the first letter that does not belong, else the end. */
const badByte = (text: string): number => {
  const odd = text.search(/[^A-Za-z0-9+/]/);
  return odd >= 0 && text[odd] !== '=' ? odd : text.length;
};

const decodeError = (secret: KubernetesObject): string | undefined => {
  const bad = Object.values(recordAt(secret, 'data')).find(
    (value) => typeof value === 'string' && !base64.test(value.replaceAll(/[\r\n]/g, '')),
  );
  return typeof bad === 'string' ? `illegal base64 data at input byte ${badByte(bad)}` : undefined;
};

/** Secrets. */
export const secrets: Kind = builtInKind(resources.secrets, {
  defaults,
  validate,
  validateChange,
  decodeError,
  selectableFields: { type: (secret) => textAt(secret, 'type') },
  columns: [
    text('Type', (secret) => textAt(secret, 'type')),
    text('Data', (secret) => Object.keys(recordAt(secret, 'data')).length),
  ],
});
