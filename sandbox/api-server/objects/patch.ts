import type { KubernetesObject, ObjectMeta } from '../../../core/model/kubernetes-object.ts';
import { applyPatch } from '../apply/server-side-apply.ts';
import { failures } from '../http/failure.ts';
import { isJsonObject } from '../schema/json-value.ts';
import { keyOf } from '../store/stored-object.ts';
import { refusePatch } from './accept-fields.ts';
import { createObject } from './create.ts';
import type { Machinery, WriteContext } from './machinery.ts';
import { printedAfterPatch } from './merge-patch.ts';
import { timeText } from './metadata.ts';
import { type PatchBody, patched } from './patch-body.ts';
import { apiVersionOfKind, collectionOf, type ObjectTarget } from './target.ts';
import { type Propose, updateObject } from './update.ts';
import { requireFieldManager } from './write-options.ts';

/** What a patch came to; `created` where an apply made the object. */
export type PatchOutcome = { object: KubernetesObject; created: boolean };

const mode = { needsResourceVersion: false };

/** A patch may not give an object another identity. */
const checkIdentity = ({ kind, name }: ObjectTarget, object: KubernetesObject): void => {
  const apiVersion = apiVersionOfKind(kind);
  if (object.apiVersion !== apiVersion)
    throw failures.badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  if (object.kind !== kind.resource.kind)
    throw failures.badRequest(
      `the kind in the data (${object.kind}) does not match the expected kind (${kind.resource.kind})`,
    );
  if (object.metadata.name !== name)
    throw failures.badRequest(
      `the name of the object (${object.metadata.name ?? ''}) does not match the name on the URL (${name})`,
    );
};

const proposeChange =
  (target: ObjectTarget, body: PatchBody): Propose =>
  (live) => {
    const object = patched(live, body, target.kind.schema);
    checkIdentity(target, object);
    const printed = JSON.stringify(printedAfterPatch(object, body.patch));
    return { object, refuse: refusePatch(printed) };
  };

const readApplied = (target: ObjectTarget, patch: unknown): KubernetesObject => {
  if (!isJsonObject(patch)) throw failures.badRequest('error decoding YAML: an object is needed');
  const metadata: ObjectMeta = isJsonObject(patch['metadata']) ? patch['metadata'] : {};
  if (metadata.managedFields) throw failures.badRequest('metadata.managedFields must be nil');
  const { name = target.name } = metadata;
  const applied: KubernetesObject = { ...patch, metadata: { ...metadata, name } };
  checkIdentity(target, applied);
  return applied;
};

/** Merges an applied configuration; refuses fields of other managers (409) and fields nobody knows (500, as recorded). */
const merged = (
  { now }: Machinery,
  target: ObjectTarget,
  change: { live: KubernetesObject | undefined; applied: KubernetesObject },
  { options }: WriteContext,
): KubernetesObject => {
  const { kind, subresource } = target;
  const outcome = applyPatch({
    ...change,
    manager: options.fieldManager,
    force: options.force,
    schema: kind.schema,
    apiVersion: apiVersionOfKind(kind),
    time: timeText(now()),
    subresource: subresource ?? '',
    hasStatus: kind.status,
  });
  if ('object' in outcome) return outcome.object;
  if ('problem' in outcome) throw failures.plainError(outcome.problem);
  throw failures.applyConflict(
    outcome.message,
    outcome.conflicts.map(({ manager, field }) => ({ message: manager, field })),
  );
};

const applyObject = async (
  machinery: Machinery,
  target: ObjectTarget,
  patch: unknown,
  context: WriteContext,
): Promise<PatchOutcome> => {
  requireFieldManager(context.options);
  const { kind, namespace, name, subresource } = target;
  const applied = readApplied(target, patch);
  const exists = machinery.store.get(collectionOf(kind), keyOf(namespace, name)) !== undefined;
  if (exists || subresource !== undefined) {
    const propose: Propose = (live) => ({
      object: merged(machinery, target, { live, applied }, context),
      ownersNoted: true,
    });
    return { object: await updateObject(machinery, target, propose, { context, mode }), created: false };
  }
  const object = merged(machinery, target, { live: undefined, applied }, context);
  const origin = { ownersNoted: true };
  return { object: await createObject(machinery, target, object, context, origin), created: true };
};

/** Changes an object by a patch; an apply may create it. */
export const patchObject = async (
  machinery: Machinery,
  target: ObjectTarget,
  body: PatchBody,
  context: WriteContext,
): Promise<PatchOutcome> =>
  body.kind === 'apply'
    ? applyObject(machinery, target, body.patch, context)
    : {
        object: await updateObject(machinery, target, proposeChange(target, body), { context, mode }),
        created: false,
      };
