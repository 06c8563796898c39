import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import { sameJson } from '../schema/json-value.ts';
import { keyOf } from '../store/stored-object.ts';
import { acceptFields, type DecodeRefusal, refuseObject } from './accept-fields.ts';
import type { AdmissionAttributes } from './admission-control.ts';
import { isReadyToGo } from './deletion.ts';
import type { Machinery, WriteContext } from './machinery.ts';
import { withWriterAsOwner } from './ownership.ts';
import { preparedUpdate, withGeneration, writesStatus } from './prepare-update.ts';
import { collectionOf, type ObjectTarget } from './target.ts';
import { finalizerWarnings, validateMetadataUpdate } from './validate-metadata.ts';
import { toStored, viewOf } from './view.ts';
import { reviewOptions } from './write-options.ts';

/** What somebody wants an object to become. */
export type Proposal = {
  object: KubernetesObject;
  /** How the request is refused if the object cannot be read. */
  refuse?: DecodeRefusal;
  /** Server-side apply has noted the owners of fields itself. */
  ownersNoted?: boolean;
};

/** Makes a proposal from what is there now; asked again if somebody else was quicker. */
export type Propose = (live: KubernetesObject) => Promise<Proposal> | Proposal;

/** How an update treats what it finds. */
export type UpdateMode = {
  /** A custom resource may be replaced only by someone who says which version they saw. */
  needsResourceVersion: boolean;
};

/** As kube-apiserver, which gives up and says 409 after some rounds. */
const attempts = 5;

const validate = (
  { compile }: Machinery,
  target: ObjectTarget,
  next: KubernetesObject,
  live: KubernetesObject,
): void => {
  const { kind, name } = target;
  const { strategy } = kind;
  const ofMetadata = validateMetadataUpdate(kind, next, live);
  const ofKind = writesStatus(target)
    ? strategy.validateStatusUpdate(next, live)
    : strategy.validateUpdate(next, live);
  const schema = compile(kind.schema);
  const ofSchema = () =>
    writesStatus(target)
      ? schema.validateStatusUpdate(next, live, ofMetadata)
      : schema.validateUpdate(next, live, ofMetadata);
  const errors = [...(kind.custom ? ofSchema() : ofMetadata), ...ofKind];
  if (errors.length > 0) throw failures.invalid(kind.storedAs?.resource ?? kind.resource, name, errors);
};

const attributesOf = (
  target: ObjectTarget,
  change: { next: KubernetesObject; live: KubernetesObject },
  context: WriteContext,
): AdmissionAttributes => ({
  operation: 'UPDATE',
  kind: target.kind,
  subresource: target.subresource,
  namespace: target.namespace,
  name: target.name,
  object: change.next,
  oldObject: change.live,
  caller: context.caller,
  dryRun: context.options.dryRun,
  options: reviewOptions('UpdateOptions', context.options),
  warn: context.warn,
});

const checkPreconditions = (
  { kind, name }: ObjectTarget,
  { metadata }: KubernetesObject,
  live: KubernetesObject,
  mode: UpdateMode,
): void => {
  if (!metadata.resourceVersion && mode.needsResourceVersion)
    throw failures.invalidUpdate(kind.resource, name, [
      {
        reason: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ]);
  if (metadata.resourceVersion && metadata.resourceVersion !== live.metadata.resourceVersion)
    throw failures.conflict(kind.resource, name);
  if (metadata.uid && metadata.uid !== live.metadata.uid)
    throw failures.conflict(
      kind.resource,
      name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${live.metadata.uid}`,
    );
};

/** From a proposal to the object that may be stored; throws the refusal otherwise. */
const settle = async (
  machinery: Machinery,
  target: ObjectTarget,
  change: { proposal: Proposal; live: KubernetesObject; mode: UpdateMode },
  context: WriteContext,
): Promise<KubernetesObject> => {
  const { kind } = target;
  const { proposal, live, mode } = change;
  const accepted = acceptFields(machinery, kind, proposal.object, context, proposal.refuse ?? refuseObject);
  checkPreconditions(target, accepted, live, mode);
  const prepared = preparedUpdate(machinery, target, accepted, live);
  // What webhooks change later has no owner.
  const ready =
    proposal.ownersNoted === true
      ? prepared
      : withWriterAsOwner(
          machinery,
          { kind, before: live, after: prepared, subresource: target.subresource },
          context.options,
        );
  const review = (next: KubernetesObject) => attributesOf(target, { next, live }, context);
  const mutated = (await machinery.admission.mutate(review(ready))) ?? ready;
  const settled =
    mutated === ready
      ? ready
      : preparedUpdate(machinery, target, acceptFields(machinery, kind, mutated, context), live);
  // Annotations that come through the status are no new generation, as a rollout's revision does.
  const next = writesStatus(target) ? settled : withGeneration(kind, settled, live);
  validate(machinery, target, next, live);
  const warnings = [
    ...finalizerWarnings(kind, next.metadata, live.metadata),
    ...kind.strategy.warnings(next),
  ];
  for (const text of warnings) context.warn(text);
  await machinery.admission.validate(review(next));
  return next;
};

const withoutTimesOfOwners = ({ metadata, ...rest }: KubernetesObject): unknown => ({
  ...rest,
  metadata: { ...metadata, managedFields: metadata.managedFields?.map(({ time: _, ...entry }) => entry) },
});

/** A write that changes nothing is none: the object keeps its resourceVersion. */
const changesNothing = (next: KubernetesObject, live: KubernetesObject): boolean =>
  sameJson(withoutTimesOfOwners(next), withoutTimesOfOwners(live));

type Committed = KubernetesObject | 'stale';

const commit = (
  { store }: Machinery,
  { kind, namespace, name }: ObjectTarget,
  next: KubernetesObject,
  revision: number,
): Committed => {
  const collection = collectionOf(kind);
  const key = keyOf(namespace, name);
  const object = toStored(kind, next);
  // Taking the last finalizer off an object that is being deleted ends it.
  const stored = isReadyToGo(kind, next)
    ? store.remove(collection, key, object, revision)
    : store.put(collection, key, object, revision);
  return stored === 'stale' ? 'stale' : viewOf(kind, stored);
};

/**
 * Changes an object: what `propose` makes of it goes through defaults, admission and validation, and is stored unless
 * somebody else changed it meanwhile; then all is done again, as kube-apiserver does it. Answers what is stored, or would be.
 */
export const updateObject = async (
  machinery: Machinery,
  target: ObjectTarget,
  propose: Propose,
  request: { context: WriteContext; mode: UpdateMode },
): Promise<KubernetesObject> => {
  const { kind, namespace, name } = target;
  const { context, mode } = request;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const stored = machinery.store.get(collectionOf(kind), keyOf(namespace, name));
    if (stored === undefined) throw failures.notFound(kind.resource, name);
    const live = viewOf(kind, stored);
    const proposal = await propose(live);
    const next = await settle(machinery, target, { proposal, live, mode }, context);
    if (changesNothing(next, live)) return live;
    if (context.options.dryRun) return next;
    const committed = commit(machinery, target, next, stored.revision);
    if (committed !== 'stale') return committed;
  }
  throw failures.conflict(kind.resource, name);
};
