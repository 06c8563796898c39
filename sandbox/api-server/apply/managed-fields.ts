import type { KubernetesObject, ObjectMeta } from '../../../core/model/kubernetes-object.ts';
import type { Schema } from '../schema/schema.ts';
import { type Comparison, compareObjects, touched } from './compare.ts';
import { below, difference, emptySet, type FieldSet, isEmpty, nodeOf, pathSet, union } from './field-set.ts';
import { decodeManagers, encodeManagers, type Manager, type Managers, managerId } from './managers.ts';
import { resourceSchema } from './structure.ts';

/** What the server owns: no manager is recorded for it. */
const serverOwned: FieldSet = [
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ...'name namespace creationTimestamp selfLink uid generation managedFields resourceVersion'
    .split(' ')
    .map((field) => ['metadata', field]),
]
  .map((path) => pathSet(path.map((field) => `f:${field}`)))
  .reduce(union);

export const withoutServerOwned = (fields: FieldSet): FieldSet => difference(fields, serverOwned);

/** Which fields a path of the API can change at all: `status` through its own path only, and there nothing else. */
export const withinReach = (fields: FieldSet, subresource: string, hasStatus: boolean): FieldSet => {
  if (subresource === 'status') return nodeOf(false, [['f:status', below(fields, 'f:status')]]);
  if (!hasStatus || subresource !== '') return fields;
  return nodeOf(
    fields.member,
    [...fields.children].filter(([element]) => element !== 'f:status'),
  );
};

/** A comparison as far as the request can be held responsible for it. */
export const reachable = (comparison: Comparison, subresource: string, hasStatus: boolean): Comparison => ({
  added: withinReach(comparison.added, subresource, hasStatus),
  modified: withinReach(comparison.modified, subresource, hasStatus),
  removed: withinReach(comparison.removed, subresource, hasStatus),
});

/** The object without `metadata.managedFields`, which is no part of what is compared. */
export const withoutManagedFields = <T extends KubernetesObject>(object: T): T => {
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
};

/** The object with the managers written into its metadata. */
export const withManagers = <T extends KubernetesObject>(object: T, managers: Managers): T => {
  const managedFields = encodeManagers(managers);
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
};

/** Takes fields from every manager but one, and forgets those that own nothing any more. */
export const takeFromOthers = (
  managers: Managers,
  fields: FieldSet,
  except?: string,
): Map<string, Manager> => {
  const left = new Map<string, Manager>();
  for (const [id, manager] of managers) {
    const kept = id === except || isEmpty(fields) ? manager.fields : difference(manager.fields, fields);
    if (!isEmpty(kept)) left.set(id, kept === manager.fields ? manager : { ...manager, fields: kept });
  }
  return left;
};

/** How many Update managers an object keeps; older ones are put together under one name. */
const mostUpdateManagers = 10;

const ancient = (apiVersion: string) => ({
  name: 'ancient-changes',
  operation: 'Update' as const,
  apiVersion,
  subresource: '',
});

const capUpdateManagers = (managers: Map<string, Manager>): Map<string, Manager> => {
  const updaters = [...managers.values()].filter(({ operation }) => operation === 'Update');
  const surplus = updaters.length - mostUpdateManagers;
  if (surplus <= 0) return managers;
  const oldestFirst = updaters.sort(
    (one, other) => Date.parse(one.time ?? '') - Date.parse(other.time ?? ''),
  );
  for (const manager of oldestFirst.slice(0, surplus + 1)) {
    const bucket = ancient(manager.apiVersion);
    const fields = managers.get(managerId(bucket))?.fields ?? emptySet;
    managers.delete(managerId(manager));
    managers.set(managerId(bucket), { ...bucket, time: manager.time, fields: union(fields, manager.fields) });
  }
  return managers;
};

/** A change by create, update or patch. */
export type TrackedUpdate<T extends KubernetesObject = KubernetesObject> = {
  /** The stored object; undefined on create. */
  before: KubernetesObject | undefined;
  after: T;
  /** `fieldManager` of the request, else from its user agent; empty counts as `unknown`. */
  manager: string;
  apiVersion: string;
  schema: Schema;
  /** RFC 3339, in seconds. */
  time: string;
  /** `status`, `scale`; empty or left out for the object itself. */
  subresource?: string;
  /** Whether the kind has a status subresource. */
  hasStatus?: boolean;
};

const isReset = (entries: ObjectMeta['managedFields']): boolean =>
  entries !== undefined &&
  (entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0));

/** A request may rewrite the managed fields (an empty list forgets them), but not through a subresource. */
const managersToStartFrom = ({ before, after, subresource = '' }: TrackedUpdate): Managers => {
  const stored = () => decodeManagers(before?.metadata?.managedFields) ?? new Map();
  const sent = after.metadata?.managedFields;
  if (subresource !== '') return stored();
  if (isReset(sent)) return new Map();
  const decoded = decodeManagers(sent);
  return decoded === undefined || decoded.size === 0 ? stored() : decoded;
};

/** Managers after a change: who made it owns what it touched, and the others no longer do. */
export const managersAfterUpdate = (update: TrackedUpdate, managers: Managers): Map<string, Manager> => {
  const { manager: name, apiVersion, subresource = '', hasStatus = false, time } = update;
  const before = update.before === undefined ? {} : withoutManagedFields(update.before);
  const compared = compareObjects(before, withoutManagedFields(update.after), resourceSchema(update.schema));
  const comparison = reachable(compared, subresource, hasStatus);
  const changed = touched(comparison);
  const left = takeFromOthers(takeFromOthers(managers, changed), comparison.removed);
  const own = withoutServerOwned(changed);
  if (isEmpty(own)) return left;
  const identity = {
    name: name === '' ? 'unknown' : name,
    operation: 'Update' as const,
    apiVersion,
    subresource,
  };
  const previous = left.get(managerId(identity))?.fields ?? emptySet;
  left.set(managerId(identity), { ...identity, time, fields: union(previous, own) });
  return capUpdateManagers(left);
};

/**
 * Writes `metadata.managedFields` after a create, update or patch that is not an apply. An object that was stored without
 * managed fields stays without. Where nothing changed, times stay as they were.
 */
export const trackUpdate = <T extends KubernetesObject>(update: TrackedUpdate<T>): T => {
  const managers = managersToStartFrom(update);
  const isStored = update.before?.metadata?.uid !== undefined;
  if (managers.size === 0 && isStored) return withoutManagedFields(update.after);
  return withManagers(update.after, managersAfterUpdate(update, managers));
};
