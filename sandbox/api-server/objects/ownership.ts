import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { trackUpdate } from '../apply/managed-fields.ts';
import type { Kind } from '../kind.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import type { Machinery, WriteOptions } from './machinery.ts';
import { timeText } from './metadata.ts';
import { apiVersionOfKind } from './target.ts';

/** A write that is no apply. */
export type OwnedChange = {
  kind: Kind;
  /** Undefined on create. */
  before: KubernetesObject | undefined;
  after: KubernetesObject;
  subresource: string | undefined;
};

const template = { metadata: {}, spec: { containers: null } };

/** Parts of built-in kinds that Go writes even when they are empty: structs, and lists (null). */
const structs = {
  metadata: {},
  spec: {
    template,
    containers: null,
    resources: {},
    source: {},
    strategy: {},
    updateStrategy: {},
    jobTemplate: { metadata: {}, spec: { template } },
  },
  status: {},
} as const;

/** What of a part stands in an empty object: nothing where the object has no such part. */
const emptyPart = (value: unknown, shape: unknown): unknown => {
  if (shape === null) return Array.isArray(value) ? null : undefined;
  return isJsonObject(value) && isJsonObject(shape) ? emptyStructs(value, shape) : undefined;
};

/** Those of the parts that an object has, empty. */
const emptyStructs = (object: JsonObject, shape: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(shape)
      .map(([name, inner]) => [name, emptyPart(object[name], inner)])
      .filter(([, part]) => part !== undefined),
  );

/** A typed server compares a new object with an empty one, whose structs are there already: nobody becomes their owner. */
const beforeCreation = ({ kind, after }: OwnedChange): KubernetesObject | undefined =>
  kind.custom ? undefined : { metadata: {}, ...emptyStructs(after, structs) };

/** The object with its writer noted in `metadata.managedFields` as the owner of what they changed. */
export const withWriterAsOwner = (
  { now }: Pick<Machinery, 'now'>,
  change: OwnedChange,
  { manager }: WriteOptions,
): KubernetesObject => {
  const { kind, after, subresource } = change;
  return trackUpdate({
    before: change.before ?? beforeCreation(change),
    after,
    manager,
    apiVersion: apiVersionOfKind(kind),
    schema: kind.schema,
    time: timeText(now()),
    subresource: subresource ?? '',
    hasStatus: kind.status,
  });
};
