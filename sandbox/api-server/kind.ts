import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { Resource } from '../../core/model/resource.ts';
import type { FieldError } from './field-error.ts';
import type { Schema } from './schema/schema.ts';

/** A column of the Table that `kubectl get` prints. */
export type Column = {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: string;
  description?: string;
  /** Above 0: shown with `-o wide` only. */
  priority: number;
  /** The cell; `now` in milliseconds since the epoch, for ages. */
  cell: (object: KubernetesObject, now: number) => string | number | boolean | null;
};

/** What a kind does with an object beyond its schema. Pure: each returns a new object or findings. */
export type Strategy = {
  /** Whether `metadata.generation` is kept, and counted up on a change outside metadata and status. */
  tracksGeneration: boolean;
  /** Whether a change of annotations counts, too: deployments alone. */
  countsAnnotations?: boolean;
  /** Defaults of fields beyond those of the schema. Whoever writes an object owns them, unlike what `prepareFor…` adds. */
  defaults?: (object: KubernetesObject) => KubernetesObject;
  /** Defaults and fields that the server owns (phase, finalizers …). Status is already dropped where it is a subresource. */
  prepareForCreate: (object: KubernetesObject) => KubernetesObject;
  prepareForUpdate: (object: KubernetesObject, old: KubernetesObject) => KubernetesObject;
  /** Once a new object has its uid and its final name: a job selects its pods by them. */
  completeNew?: (object: KubernetesObject) => KubernetesObject;
  validateCreate: (object: KubernetesObject) => FieldError[];
  validateUpdate: (object: KubernetesObject, old: KubernetesObject) => FieldError[];
  validateStatusUpdate: (object: KubernetesObject, old: KubernetesObject) => FieldError[];
  /** Texts of `Warning:` headers. */
  warnings: (object: KubernetesObject) => string[];
  /** Fields that a fieldSelector may name besides `metadata.name` and `metadata.namespace`. */
  selectableFields: Record<string, (object: KubernetesObject) => string>;
  /** How names are checked; PVs and PVCs take a subdomain. */
  nameRule: 'subdomain' | 'label' | 'path-segment';
  /**
   * What a typed decoder stumbles on, beyond what the schema tells: `parsing time …`. Answered as 400 on create and update, and
   * as an invalid `patch` (422) on patch; undefined where the object reads well.
   */
  decodeError?: (object: KubernetesObject) => string | undefined;
  /** After a change of status, once `prepareForUpdate` has run; `now` in milliseconds since the epoch. */
  stampStatus?: (object: KubernetesObject, old: KubernetesObject, now: number) => KubernetesObject;
  /** Seconds that a deleted object stays, unless the request says otherwise; only pods have any. */
  gracePeriodSeconds?: (object: KubernetesObject) => number;
};

/**
 * Another kind stores the objects: Events of `events.k8s.io` are core Events under other field names. Both functions take and
 * give whole objects; `apiVersion` is changed too.
 */
export type StoredAs = {
  resource: Resource;
  toStored: (object: KubernetesObject) => KubernetesObject;
  fromStored: (object: KubernetesObject) => KubernetesObject;
};

/** Where `scale` reads and writes; JSON paths with a leading dot, as a CRD writes them. */
export type ScaleSubresource = {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
};

/** One served kind: built in, or made from a CustomResourceDefinition. */
export type Kind = {
  resource: Resource;
  singular: string;
  listKind: string;
  shortNames: readonly string[];
  categories: readonly string[];
  verbs: readonly string[];
  custom: boolean;
  /** OpenAPI v3 schema of the whole object: pruning, unknown fields, defaults, types, CEL, lists that are maps. */
  schema: Schema;
  /** Whether the schema also validates (custom kinds) or only says which fields there are (built-in kinds). */
  status: boolean;
  scale?: ScaleSubresource;
  columns: readonly Column[];
  strategy: Strategy;
  /** Left out for all kinds that store their own objects. */
  storedAs?: StoredAs;
};
