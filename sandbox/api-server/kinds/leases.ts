import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings, goQuote } from '../schema/finding.ts';
import { builtInKind } from './built-in-kind.ts';
import { text } from './columns.ts';
import { fill } from './editing.ts';
import { read, textAt } from './reading.ts';

const layout = '2006-01-02T15:04:05.000000Z07:00';

/** `metav1.MicroTime` has exactly six digits behind the second: what Go says of anything else. */
const microTimeProblem = (time: string): string | undefined => {
  const [, seconds = '', rest = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)?(.*)$/s.exec(time) ?? [];
  const start = `parsing time ${goQuote(time)} as ${goQuote(layout)}: cannot parse`;
  if (seconds === '') return `${start} ${goQuote(time)} as "2006"`;
  if (!/^\.\d{6}(?!\d)/.test(rest)) return `${start} ${goQuote(rest)} as ".000000"`;
  const zone = rest.slice(7);
  return /^(Z|[+-]\d\d:\d\d)$/.test(zone) ? undefined : `${start} ${goQuote(zone)} as "Z07:00"`;
};

const decodeError = (lease: KubernetesObject): string | undefined =>
  ['acquireTime', 'renewTime']
    .map((name) => textAt(lease, 'spec', name))
    .filter((time) => time !== '')
    .map(microTimeProblem)
    .find((problem) => problem !== undefined);

const checkAtLeast = (lease: KubernetesObject, name: string, least: number, rule: string): FieldError[] => {
  const value = read(lease, 'spec', name);
  return typeof value === 'number' && value < least ? [findings.invalid(`spec.${name}`, value, rule)] : [];
};

const validate = (lease: KubernetesObject): FieldError[] => [
  ...checkAtLeast(lease, 'leaseDurationSeconds', 1, 'must be greater than 0'),
  ...checkAtLeast(lease, 'leaseTransitions', 0, 'must be greater than or equal to 0'),
];

/** Leases. */
export const leases: Kind = builtInKind(resources.leases, {
  defaults: (lease) => fill(lease, { spec: {} }) as KubernetesObject,
  validate,
  decodeError,
  columns: [text('Holder', (lease) => textAt(lease, 'spec', 'holderIdentity'))],
});
