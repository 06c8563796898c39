import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import type { Kind, ScaleSubresource } from '../kind.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import type { Schema } from '../schema/schema.ts';

/** `autoscaling/v1` Scale. */
export type Scale = KubernetesObject & { spec: { replicas?: number } };

/** What a patch of a Scale may touch. */
export const scaleSchema: Schema = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    spec: { type: 'object', properties: { replicas: { type: 'integer', format: 'int32' } } },
    status: {
      type: 'object',
      properties: { replicas: { type: 'integer', format: 'int32' }, selector: { type: 'string' } },
    },
  },
};

/** `.spec.replicas` to its steps; scale paths hold no brackets. */
const stepsOf = (path: string): string[] => path.split('.').filter((step) => step !== '');

const readAt = (object: JsonObject, path: string): unknown =>
  stepsOf(path).reduce<unknown>((value, step) => (isJsonObject(value) ? value[step] : undefined), object);

const writeAt = (value: unknown, steps: readonly string[], leaf: unknown): unknown => {
  const [step, ...rest] = steps;
  if (step === undefined) return leaf;
  const object = isJsonObject(value) ? value : {};
  return { ...object, [step]: writeAt(object[step], rest, leaf) };
};

const expressionText = (expression: unknown): string => {
  if (!isJsonObject(expression)) return '';
  const { key, operator, values } = expression;
  const list = Array.isArray(values) ? [...values].sort().join(',') : '';
  switch (operator) {
    case 'In':
      return `${key} in (${list})`;
    case 'NotIn':
      return `${key} notin (${list})`;
    case 'Exists':
      return String(key);
    default:
      return `!${key}`;
  }
};

/** A LabelSelector as query text; a custom resource holds the text itself. */
const selectorText = (selector: unknown): string => {
  if (typeof selector === 'string') return selector;
  if (!isJsonObject(selector)) return '';
  const { matchLabels, matchExpressions } = selector;
  const equals = isJsonObject(matchLabels)
    ? Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`)
    : [];
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.map(expressionText) : [];
  return [...equals, ...expressions].sort().join(',');
};

const countAt = (object: JsonObject, path: string): number => {
  const value = readAt(object, path);
  return typeof value === 'number' ? value : 0;
};

/** Whether an object says how many replicas it wants. */
export const hasReplicas = (object: KubernetesObject, { specReplicasPath }: ScaleSubresource): boolean =>
  readAt(object, specReplicasPath) !== undefined;

/** Reads an object as a Scale. */
export const scaleOf = (object: KubernetesObject, scale: ScaleSubresource): Scale => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  const replicas = countAt(object, specReplicasPath);
  const selector = labelSelectorPath === undefined ? '' : selectorText(readAt(object, labelSelectorPath));
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(JSON.stringify(metadata)),
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: countAt(object, statusReplicasPath), ...(selector === '' ? {} : { selector }) },
  };
};

/** The object with the replicas of a Scale; refuses (422) a negative or missing count. */
export const withScale = (
  { resource }: Kind,
  object: KubernetesObject,
  wanted: KubernetesObject,
  { specReplicasPath }: ScaleSubresource,
): KubernetesObject => {
  const spec = wanted['spec'];
  const replicas = isJsonObject(spec) ? (spec['replicas'] ?? 0) : 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0)
    throw failures.invalid({ ...resource, group: 'autoscaling', kind: 'Scale' }, object.metadata.name ?? '', [
      {
        reason: 'FieldValueInvalid',
        field: 'spec.replicas',
        message: `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`,
      },
    ]);
  const changed = writeAt(object, stepsOf(specReplicasPath), replicas) as KubernetesObject;
  const { resourceVersion } = wanted.metadata;
  const metadata = { ...changed.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return { ...changed, metadata };
};
