import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { builtInKind } from './built-in-kind.ts';
import { text } from './columns.ts';
import { checkDataKeys, checkFrozen } from './keyed-data.ts';
import { recordAt } from './reading.ts';

const keysOf = (map: KubernetesObject, name: string): string[] => Object.keys(recordAt(map, name));

const validate = (map: KubernetesObject): FieldError[] => {
  const texts = keysOf(map, 'data');
  const bytes = keysOf(map, 'binaryData');
  return [
    ...checkDataKeys('data', texts),
    ...texts
      .filter((key) => bytes.includes(key))
      .map((key) => findings.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...checkDataKeys('binaryData', bytes),
  ];
};

/** ConfigMaps. */
export const configMaps: Kind = builtInKind(resources.configMaps, {
  shortNames: ['cm'],
  validate,
  validateChange: (map, old) => checkFrozen(map, old, ['data', 'binaryData']),
  columns: [text('Data', (map) => keysOf(map, 'data').length + keysOf(map, 'binaryData').length)],
});
