import type { KubernetesObject, ObjectMeta } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import type { Kind } from '../kind.ts';
import { keyOf } from '../store/stored-object.ts';
import { acceptFields } from './accept-fields.ts';
import type { AdmissionAttributes } from './admission-control.ts';
import type { Machinery, WriteContext, WriteOptions } from './machinery.ts';
import { metadataForCreate, withMetadata, withUid } from './metadata.ts';
import { requireLiveDefinition, requireLiveNamespace } from './namespace-lifecycle.ts';
import { generateName, validateName } from './object-name.ts';
import { withWriterAsOwner } from './ownership.ts';
import { collectionOf, type Target } from './target.ts';
import { finalizerWarnings, validateMetadata } from './validate-metadata.ts';
import { toStored, viewOf } from './view.ts';
import { reviewOptions } from './write-options.ts';

/** How often a generated name is tried before the creator is told to come back. */
const generatedNameAttempts = 8;

/** The object in the namespace of the request; refuses (400) another one, and a missing one. */
const placed = (object: KubernetesObject, { kind, namespace }: Target): KubernetesObject => {
  const given = object.metadata.namespace ?? '';
  if (kind.resource.namespaced && namespace === undefined)
    throw failures.badRequest('an empty namespace may not be set during creation');
  if (given !== '' && given !== (namespace ?? ''))
    throw failures.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  return namespace === undefined ? object : withMetadata(object, { ...object.metadata, namespace });
};

const withoutStatus = (kind: Kind, object: KubernetesObject): KubernetesObject => {
  if (!kind.status) return object;
  const { status: _, ...rest } = object;
  return rest as KubernetesObject;
};

/**
 * The object with its writer as the owner of what they wrote and of its defaults. What the server and webhooks add later is
 * nobody's: an apply that does not mention it must not take it away.
 */
const withOwner = (
  machinery: Machinery,
  { kind }: Target,
  written: KubernetesObject,
  options: WriteOptions,
): KubernetesObject => {
  const defaulted = kind.strategy.defaults?.(written) ?? written;
  const after = machinery.compile(kind.schema).applyDefaults(defaulted);
  const change = { kind, before: undefined, after, subresource: undefined };
  const { managedFields = [] } = withWriterAsOwner(machinery, change, options).metadata;
  return withMetadata(written, { ...written.metadata, managedFields });
};

/** Everything that the server fills in before anyone is asked. */
const prepared = (
  { compile, now }: Machinery,
  { kind, namespace }: Target,
  object: KubernetesObject,
): KubernetesObject => {
  const { strategy } = kind;
  const generation = strategy.tracksGeneration ? 1 : undefined;
  const metadata = metadataForCreate(object.metadata, { namespace, generation, now: now() });
  const ready = strategy.prepareForCreate(withMetadata(withoutStatus(kind, object), metadata));
  return compile(kind.schema).applyDefaults(ready);
};

const attributesOf = (
  target: Target,
  object: KubernetesObject,
  context: WriteContext,
): AdmissionAttributes => ({
  operation: 'CREATE',
  kind: target.kind,
  subresource: undefined,
  namespace: target.namespace,
  name: object.metadata.name ?? '',
  object,
  oldObject: undefined,
  caller: context.caller,
  dryRun: context.options.dryRun,
  options: reviewOptions('CreateOptions', context.options),
  warn: context.warn,
});

const validate = ({ compile }: Machinery, { kind }: Target, object: KubernetesObject): void => {
  const { name = '', ...rest } = object.metadata;
  const ofMetadata = [
    ...validateName(object.metadata, kind.strategy.nameRule),
    ...validateMetadata(rest satisfies ObjectMeta),
  ];
  const errors = kind.custom
    ? [...compile(kind.schema).validateCreate(object, ofMetadata), ...kind.strategy.validateCreate(object)]
    : [...ofMetadata, ...kind.strategy.validateCreate(object)];
  if (errors.length > 0) throw failures.invalid(kind.storedAs?.resource ?? kind.resource, name, errors);
};

const nameOf = (metadata: ObjectMeta): string =>
  metadata.name || (metadata.generateName ? generateName(metadata.generateName) : '');

const commit = (
  machinery: Machinery,
  target: Target,
  object: KubernetesObject,
): KubernetesObject | 'taken' => {
  const { kind, namespace } = target;
  const key = keyOf(namespace, object.metadata.name ?? '');
  const stored = machinery.store.put(collectionOf(kind), key, toStored(kind, object), 'absent');
  return stored === 'stale' ? 'taken' : viewOf(kind, stored);
};

const isTaken = ({ store }: Machinery, { kind, namespace }: Target, name: string): boolean =>
  store.get(collectionOf(kind), keyOf(namespace, name)) !== undefined;

/** A name that nobody has; a given name is left as it is. */
const named = (machinery: Machinery, target: Target, metadata: ObjectMeta): ObjectMeta => {
  if (metadata.name) return metadata;
  for (let attempt = 0; attempt < generatedNameAttempts; attempt++) {
    const name = nameOf(metadata);
    if (name === '' || !isTaken(machinery, target, name)) return { ...metadata, name };
  }
  throw failures.generatedNameTaken(target.kind.resource, metadata.generateName ?? '');
};

/** Where a new object comes from: a POST, or an apply, which has noted the owners of its fields itself. */
export type CreateOrigin = { ownersNoted: boolean };

/** Creates an object that was decoded from a request; answers what is stored, or would be. */
export const createObject = async (
  machinery: Machinery,
  target: Target,
  given: KubernetesObject,
  context: WriteContext,
  { ownersNoted }: CreateOrigin = { ownersNoted: false },
): Promise<KubernetesObject> => {
  const { kind } = target;
  const { options, warn } = context;
  const review = (object: KubernetesObject) => attributesOf(target, object, context);
  const written = acceptFields(machinery, kind, placed(given, target), context);
  const accepted = ownersNoted ? written : withOwner(machinery, target, written, options);
  requireLiveDefinition(machinery.store, kind);
  requireLiveNamespace(machinery.store, target, accepted.metadata.name ?? '');
  const ready = prepared(machinery, target, accepted);
  const mutated = (await machinery.admission.mutate(review(ready))) ?? ready;
  const settled =
    mutated === ready ? ready : prepared(machinery, target, acceptFields(machinery, kind, mutated, context));
  const { resourceVersion, ...metadata } = named(machinery, target, settled.metadata);
  const identified = withMetadata(settled, withUid(metadata));
  const object = kind.strategy.completeNew?.(identified) ?? identified;
  validate(machinery, target, object);
  for (const text of [...finalizerWarnings(kind, object.metadata), ...kind.strategy.warnings(object)])
    warn(text);
  await machinery.admission.validate(review(object));
  if (resourceVersion)
    throw failures.plainError('resourceVersion should not be set on objects to be created');
  const taken = options.dryRun && isTaken(machinery, target, object.metadata.name ?? '');
  if (options.dryRun && !taken) return object;
  const created = taken ? 'taken' : commit(machinery, target, object);
  if (created === 'taken') throw failures.alreadyExists(kind.resource, object.metadata.name ?? '');
  return created;
};
