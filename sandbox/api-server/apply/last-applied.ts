import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { goJson } from '../schema/finding.ts';
import { isJsonObject } from '../schema/json-value.ts';
import type { Schema } from '../schema/schema.ts';
import { compareObjects, touched } from './compare.ts';
import { difference, emptySet, type FieldSet } from './field-set.ts';
import { withoutManagedFields } from './managed-fields.ts';
import { fieldsOf } from './merge-applied.ts';

/** Where `kubectl apply` without `--server-side` keeps what it applied. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * The fields that `kubectl apply` set before it went server-side and that nobody changed since. They are the same
 * person's, so kubectl may take them over without force.
 */
export const fieldsLastApplied = (live: KubernetesObject, apiVersion: string, schema: Schema): FieldSet => {
  const applied = parsed(live.metadata.annotations?.[lastApplied] ?? '');
  if (!isJsonObject(applied) || applied['apiVersion'] !== apiVersion) return emptySet;
  const comparison = compareObjects(applied, withoutManagedFields(live), schema);
  return difference(difference(fieldsOf(applied, schema), touched(comparison)), comparison.removed);
};

/** Keeps the annotation in step with a server-side apply by kubectl, so that a later client-side one starts from it. */
export const withLastApplied = <T extends KubernetesObject>(object: T, applied: KubernetesObject): T => {
  const { annotations } = object.metadata;
  if (!annotations?.[lastApplied]) return object;
  const { [lastApplied]: _, ...others } = applied.metadata.annotations ?? {};
  const { annotations: __, ...metadata } = applied.metadata;
  const configuration = {
    ...applied,
    metadata: Object.keys(others).length === 0 ? metadata : { ...metadata, annotations: others },
  };
  const text = `${goJson(configuration)}\n`;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [lastApplied]: text } },
  };
};
