import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { sameJson } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { text } from './columns.ts';
import { read, recordAt, textAt } from './reading.ts';

const validate = (attributesClass: KubernetesObject): FieldError[] => [
  ...(textAt(attributesClass, 'driverName') === '' ? [findings.required('driverName')] : []),
  ...(Object.keys(recordAt(attributesClass, 'parameters')).length === 0
    ? [findings.required('parameters', 'must contain at least one key/value pair')]
    : []),
];

const validateChange = (attributesClass: KubernetesObject, old: KubernetesObject): FieldError[] => [
  ...(read(attributesClass, 'driverName') === read(old, 'driverName')
    ? []
    : [findings.invalid('driverName', read(attributesClass, 'driverName') ?? null, 'field is immutable')]),
  ...(sameJson(read(attributesClass, 'parameters'), read(old, 'parameters'))
    ? []
    : [findings.forbidden('parameters', 'updates to parameters are forbidden.')]),
];

/** VolumeAttributesClasses: claims name one. Kept only: no driver of the sandbox changes a volume by it. */
export const volumeAttributesClasses: Kind = builtInKind(
  {
    group: 'storage.k8s.io',
    version: 'v1',
    plural: 'volumeattributesclasses',
    kind: 'VolumeAttributesClass',
    namespaced: false,
  },
  {
    shortNames: ['vac'],
    validate,
    validateChange,
    columns: [text('DriverName', (attributesClass) => textAt(attributesClass, 'driverName'))],
  },
);
