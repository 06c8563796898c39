import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import { findings } from '../schema/finding.ts';
import { sameJson } from '../schema/json-value.ts';
import { recordAt } from './reading.ts';

const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** Findings about the keys of a config map or a secret. */
export const checkDataKeys = (field: string, keys: readonly string[]): FieldError[] =>
  keys
    .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
    .map((key) => findings.invalid(`${field}[${key}]`, key, keyRule));

/** Findings about changes of a config map or a secret that is `immutable`. */
export const checkFrozen = (
  object: KubernetesObject,
  old: KubernetesObject,
  fields: readonly string[],
): FieldError[] => {
  if (old['immutable'] !== true) return [];
  const frozen = 'field is immutable when `immutable` is set';
  return [
    ...(object['immutable'] === true ? [] : [findings.forbidden('immutable', frozen)]),
    ...fields
      .filter((name) => !sameJson(recordAt(object, name), recordAt(old, name)))
      .map((name) => findings.forbidden(name, frozen)),
  ];
};
