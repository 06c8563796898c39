import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { sameJson } from '../schema/json-value.ts';
import type { Schema } from '../schema/schema.ts';
import { type Comparison, compareObjects, touched } from './compare.ts';
import { difference, type FieldSet, intersection, pathsOf, printPath, union } from './field-set.ts';
import { fieldsLastApplied, withLastApplied } from './last-applied.ts';
import {
  managersAfterUpdate,
  reachable,
  takeFromOthers,
  withinReach,
  withManagers,
  withoutManagedFields,
  withoutServerOwned,
} from './managed-fields.ts';
import { decodeManagers, type Manager, type Managers, managerId, printManager } from './managers.ts';
import { fieldsOf, mergeApplied, removeFields, withNamedParents } from './merge-applied.ts';
import { resourceSchema } from './structure.ts';
import { patchProblem } from './typed-patch.ts';

/** A server-side apply. */
export type ApplyRequest = {
  /** The stored object; undefined where the apply creates it. */
  live: KubernetesObject | undefined;
  /** The configuration as it was sent. */
  applied: KubernetesObject;
  manager: string;
  force: boolean;
  schema: Schema;
  apiVersion: string;
  /** RFC 3339, in seconds. */
  time: string;
  subresource?: string;
  hasStatus?: boolean;
};

/** One field that somebody else owns. `manager` as messages name it. */
export type ApplyConflict = { manager: string; field: string };

/** The object to store, or why not: fields of others, or a configuration that the schema does not know (a 500, as recorded). */
export type ApplyOutcome =
  | { object: KubernetesObject }
  | { conflicts: ApplyConflict[]; message: string }
  | { problem: string };

type Conflict = { manager: Manager; path: string[] };

const conflictsOf = (managers: Managers, own: string, changed: FieldSet): Conflict[] =>
  [...managers]
    .filter(([id]) => id !== own)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, manager]) =>
      pathsOf(intersection(manager.fields, changed)).map((path) => ({ manager, path })),
    );

const messageFor = (conflicts: readonly Conflict[]): string => {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined)
    return `Apply failed with 1 conflict: conflict with ${printManager(first.manager)}: ${printPath(first.path)}`;
  const managers = [...new Set(conflicts.map(({ manager }) => manager))];
  const lines = managers.flatMap((manager) => [
    `conflicts with ${printManager(manager)}:`,
    ...conflicts.filter((conflict) => conflict.manager === manager).map(({ path }) => `- ${printPath(path)}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
};

const refusal = (conflicts: readonly Conflict[]): ApplyOutcome => ({
  conflicts: conflicts.map(({ manager, path }) => ({
    manager: `conflict with ${printManager(manager)}`,
    field: printPath(path),
  })),
  message: messageFor(conflicts),
});

/** Removes what the manager applied before and does not apply any more, unless somebody else owns it too. */
const dropAbandoned = (
  merged: KubernetesObject,
  last: FieldSet,
  managers: Managers,
  schema: Schema,
): KubernetesObject => {
  const named = (set: FieldSet) => withNamedParents(set, schema);
  const owned = [...managers.values()].map(({ fields }) => fields).reduce(union);
  const mergedSet = named(fieldsOf(merged, schema));
  const stripped = fieldsOf(removeFields(merged, named(last), schema), schema);
  const abandoned = difference(mergedSet, union(named(stripped), named(owned)));
  return removeFields(merged, intersection(abandoned, named(last)), schema) as KubernetesObject;
};

/** An object from before managed fields: all it has belongs to `before-first-apply`. */
const startingManagers = (request: ApplyRequest): Managers | undefined => {
  const { live } = request;
  const managers = decodeManagers(live?.metadata.managedFields);
  if (managers === undefined || managers.size > 0 || live === undefined) return managers;
  const { apiVersion, schema, time, subresource = '', hasStatus = false } = request;
  const manager = 'before-first-apply';
  return managersAfterUpdate(
    { before: undefined, after: live, manager, apiVersion, schema, time, subresource, hasStatus },
    managers,
  );
};

type Step = { live: KubernetesObject; schema: Schema; identity: Omit<Manager, 'fields' | 'time'> };

const applied = (request: ApplyRequest, { live, schema, identity }: Step, managers: Managers) => {
  const { subresource = '', hasStatus = false } = request;
  const id = managerId(identity);
  const last = managers.get(id);
  const fields = withinReach(fieldsOf(request.applied, schema), subresource, hasStatus);
  const withOwn = new Map(managers).set(id, { ...identity, time: last?.time, fields });
  const merged = mergeApplied(live, request.applied, schema) as KubernetesObject;
  const object = last === undefined ? merged : dropAbandoned(merged, last.fields, withOwn, schema);
  const comparison = reachable(compareObjects(live, object, schema), subresource, hasStatus);
  return { object, comparison, managers: withOwn };
};

const settle = (
  request: ApplyRequest,
  { live, identity }: Step,
  result: { object: KubernetesObject; comparison: Comparison; managers: Managers },
): KubernetesObject => {
  const id = managerId(identity);
  const { comparison } = result;
  const left = takeFromOthers(
    takeFromOthers(result.managers, touched(comparison), id),
    comparison.removed,
    id,
  );
  const own = left.get(id);
  if (own !== undefined)
    left.set(id, {
      ...own,
      time: sameJson(live, result.object) ? own.time : request.time,
      fields: withoutServerOwned(own.fields),
    });
  const object = withManagers(result.object, left);
  return request.manager === 'kubectl' ? withLastApplied(object, request.applied) : object;
};

/** What kubectl applied from the client before is its own: such conflicts do not count. */
const standing = (conflicts: Conflict[], request: ApplyRequest, { live, schema }: Step): Conflict[] => {
  if (request.force || conflicts.length === 0) return [];
  if (request.manager !== 'kubectl') return conflicts;
  const allowed = new Set(pathsOf(fieldsLastApplied(live, request.apiVersion, schema)).map(printPath));
  return conflicts.filter(({ path }) => !allowed.has(printPath(path)));
};

/** The metadata of a configuration as it may be applied: creation time and identity are the server's. */
const cleaned = (object: KubernetesObject): KubernetesObject => {
  const { creationTimestamp, ...metadata } = object.metadata;
  return { ...object, metadata: creationTimestamp ? { creationTimestamp, ...metadata } : metadata };
};

/**
 * Applies a configuration for a manager: its fields are set and owned, fields it left out since the last time go unless
 * another manager owns them, and fields of others conflict unless `force` takes them.
 */
export const applyPatch = (request: ApplyRequest): ApplyOutcome => {
  const schema = resourceSchema(request.schema);
  const configuration = cleaned(request.applied);
  const problem = patchProblem(configuration, schema);
  if (problem !== undefined) return { problem };
  const managers = startingManagers(request);
  if (managers === undefined) return { problem: 'failed to decode managed fields' };
  const { apiVersion, kind } = configuration;
  const live =
    request.live === undefined
      ? ({ apiVersion, kind, metadata: {} } as KubernetesObject)
      : withoutManagedFields(request.live);
  const step: Step = {
    live,
    schema,
    identity: {
      name: request.manager,
      operation: 'Apply',
      apiVersion: request.apiVersion,
      subresource: request.subresource ?? '',
    },
  };
  const sent = { ...request, applied: configuration };
  const result = applied(sent, step, managers);
  const found = conflictsOf(result.managers, managerId(step.identity), touched(result.comparison));
  const conflicts = standing(found, sent, step);
  return conflicts.length > 0 ? refusal(conflicts) : { object: settle(sent, step, result) };
};
