import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { sameJson } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { ageColumn, nameColumn, text } from './columns.ts';
import { fill } from './editing.ts';
import { read, textAt } from './reading.ts';

const defaultMarks = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** Whether claims that name no class get this one. */
export const isDefaultClass = ({ metadata }: KubernetesObject): boolean =>
  defaultMarks.some((mark) => metadata.annotations?.[mark] === 'true');

const oneOf = (object: KubernetesObject, name: string, supported: readonly string[]): FieldError[] => {
  const value = textAt(object, name);
  return supported.includes(value) ? [] : [findings.notSupported(name, value, supported)];
};

const validate = (storageClass: KubernetesObject): FieldError[] => [
  ...(textAt(storageClass, 'provisioner') === '' ? [findings.required('provisioner')] : []),
  ...oneOf(storageClass, 'reclaimPolicy', ['Delete', 'Retain']),
  ...oneOf(storageClass, 'volumeBindingMode', ['Immediate', 'WaitForFirstConsumer']),
];

const frozen = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'];

const validateChange = (storageClass: KubernetesObject, old: KubernetesObject): FieldError[] =>
  frozen
    .filter((name) => !sameJson(read(storageClass, name), read(old, name)))
    .map((name) => findings.invalid(name, read(storageClass, name) ?? null, 'field is immutable'));

/** StorageClasses: only `allowVolumeExpansion`, mount options and metadata change. */
export const storageClasses: Kind = builtInKind(resources.storageClasses, {
  shortNames: ['sc'],
  defaults: (storageClass) =>
    fill(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }) as KubernetesObject,
  validate,
  validateChange,
  allColumns: [
    {
      ...nameColumn,
      cell: (storageClass) =>
        `${storageClass.metadata.name ?? ''}${isDefaultClass(storageClass) ? ' (default)' : ''}`,
    },
    text('Provisioner', (storageClass) => textAt(storageClass, 'provisioner')),
    text('ReclaimPolicy', (storageClass) => textAt(storageClass, 'reclaimPolicy')),
    text('VolumeBindingMode', (storageClass) => textAt(storageClass, 'volumeBindingMode')),
    text('AllowVolumeExpansion', (storageClass) => read(storageClass, 'allowVolumeExpansion') === true),
    ageColumn,
  ],
});
