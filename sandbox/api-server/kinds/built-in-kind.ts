import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { apiVersionOf, type Resource } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Column, Kind, Strategy } from '../kind.ts';
import { builtInSchema } from '../schema/built-in.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { withoutNulls } from './editing.ts';

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** What a built-in kind does with its objects; what is left out does nothing. */
export type BuiltInRules = {
  /** Fields that the server sets when it creates an object, before `defaults`. */
  create?: (object: KubernetesObject) => KubernetesObject;
  /** Fields that the server keeps or resets when somebody updates an object, before `defaults`. */
  update?: (object: KubernetesObject, old: KubernetesObject) => KubernetesObject;
  /** Defaults of fields, on every write. */
  defaults?: (object: KubernetesObject) => KubernetesObject;
  /** Fields that need the uid and the final name of a new object. */
  complete?: (object: KubernetesObject) => KubernetesObject;
  /** Checked on create and on update. */
  validate?: (object: KubernetesObject) => FieldError[];
  /** Checked on create only, before `validate`. */
  validateNew?: (object: KubernetesObject) => FieldError[];
  /** Checked on update only. */
  validateChange?: (object: KubernetesObject, old: KubernetesObject) => FieldError[];
  validateStatus?: (object: KubernetesObject, old: KubernetesObject) => FieldError[];
};

/** How a built-in kind differs from a plain one: namespaced or not as its resource says, no status, no generation. */
export type BuiltInParts = BuiltInRules & {
  shortNames?: readonly string[];
  categories?: readonly string[];
  verbs?: readonly string[];
  /** Whether `status` is a subresource. */
  status?: boolean;
  scale?: Kind['scale'];
  /** Between the name and the age; `wide` follows the age. */
  columns?: readonly Column[];
  wide?: readonly Column[];
  /** In place of all columns, for the kinds that do not start with the name and end with the age. */
  allColumns?: readonly Column[];
  tracksGeneration?: boolean;
  countsAnnotations?: boolean;
  nameRule?: Strategy['nameRule'];
  selectableFields?: Strategy['selectableFields'];
  warnings?: Strategy['warnings'];
  decodeError?: Strategy['decodeError'];
  stampStatus?: Strategy['stampStatus'];
  gracePeriodSeconds?: Strategy['gracePeriodSeconds'];
  storedAs?: Kind['storedAs'];
};

/** Optional fields that are set; an unset one must not stand there as undefined. */
const given = <T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

const unchanged = (object: KubernetesObject): KubernetesObject => object;
const nothing = (): FieldError[] => [];

const strategyOf = (parts: BuiltInParts): Strategy => {
  const { create = unchanged, update = unchanged, defaults = unchanged } = parts;
  const { validate = nothing, validateNew = nothing, validateChange = nothing } = parts;
  return {
    tracksGeneration: parts.tracksGeneration ?? false,
    defaults: (object) => defaults(withoutNulls(object)),
    prepareForCreate: (object) => defaults(create(withoutNulls(object))),
    prepareForUpdate: (object, old) => defaults(update(withoutNulls(object), old)),
    validateCreate: (object) => [...validateNew(object), ...validate(object)],
    validateUpdate: (object, old) => [...validate(object), ...validateChange(object, old)],
    validateStatusUpdate: parts.validateStatus ?? nothing,
    warnings: parts.warnings ?? (() => []),
    selectableFields: parts.selectableFields ?? {},
    nameRule: parts.nameRule ?? 'subdomain',
    ...given({
      countsAnnotations: parts.countsAnnotations,
      completeNew: parts.complete,
      decodeError: parts.decodeError,
      stampStatus: parts.stampStatus,
      gracePeriodSeconds: parts.gracePeriodSeconds,
    }),
  };
};

const columnsOf = ({ allColumns, columns = [], wide = [] }: BuiltInParts): readonly Column[] =>
  allColumns ?? [nameColumn, ...columns, ageColumn, ...wide];

/** Makes a built-in kind: what discovery tells of it, its schema, its columns and its rules. */
export const builtInKind = (resource: Resource, parts: BuiltInParts = {}): Kind => ({
  resource,
  singular: resource.kind.toLowerCase(),
  listKind: `${resource.kind}List`,
  shortNames: parts.shortNames ?? [],
  categories: parts.categories ?? [],
  verbs: parts.verbs ?? allVerbs,
  custom: false,
  schema: builtInSchema(apiVersionOf(resource), resource.kind),
  status: parts.status ?? false,
  columns: columnsOf(parts),
  strategy: strategyOf(parts),
  ...given({ scale: parts.scale, storedAs: parts.storedAs }),
});
