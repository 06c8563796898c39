import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { sameJson } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { ageColumn, flag, integer, nameColumn, text } from './columns.ts';
import { fill } from './editing.ts';
import { numberAt, read, textAt } from './reading.ts';

/** What a class of one's own may be worth at most; above is the system's. */
const highest = 1_000_000_000;

const systemClasses: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

const policies = ['PreemptLowerPriority', 'Never'];

const checkSystemClass = (name: string, value: number): FieldError[] => {
  const known = systemClasses[name];
  if (known === value) return [];
  const why =
    known === undefined
      ? `${name} is not a known system priority class`
      : `value of ${name} PriorityClass must be ${known}`;
  const reserved = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`;
  return [findings.forbidden('metadata.name', reserved)];
};

const checkValue = (name: string, value: number): FieldError[] => {
  if (name.startsWith('system-')) return checkSystemClass(name, value);
  return value > highest
    ? [findings.forbidden('value', `maximum allowed value of a user defined priority is ${highest}`)]
    : [];
};

const validate = (priorityClass: KubernetesObject): FieldError[] => {
  const policy = textAt(priorityClass, 'preemptionPolicy');
  return [
    ...checkValue(priorityClass.metadata.name ?? '', numberAt(priorityClass, 'value')),
    ...(policies.includes(policy) ? [] : [findings.notSupported('preemptionPolicy', policy, policies)]),
  ];
};

const validateChange = (priorityClass: KubernetesObject, old: KubernetesObject): FieldError[] =>
  ['value', 'preemptionPolicy']
    .filter((name) => !sameJson(read(priorityClass, name), read(old, name)))
    .map((name) => findings.forbidden(name, 'may not be changed in an update.'));

/** PriorityClasses: pods name one, and are not made where it is missing. */
export const priorityClasses: Kind = builtInKind(
  {
    group: 'scheduling.k8s.io',
    version: 'v1',
    plural: 'priorityclasses',
    kind: 'PriorityClass',
    namespaced: false,
  },
  {
    shortNames: ['pc'],
    tracksGeneration: true,
    create: (priorityClass) => fill(priorityClass, { value: 0 }) as KubernetesObject,
    defaults: (priorityClass) =>
      fill(priorityClass, { preemptionPolicy: 'PreemptLowerPriority' }) as KubernetesObject,
    validate,
    validateChange,
    allColumns: [
      nameColumn,
      integer('Value', (priorityClass) => numberAt(priorityClass, 'value')),
      flag('Global-Default', (priorityClass) => read(priorityClass, 'globalDefault') === true),
      ageColumn,
      text('PreemptionPolicy', (priorityClass) => textAt(priorityClass, 'preemptionPolicy')),
    ],
  },
);
