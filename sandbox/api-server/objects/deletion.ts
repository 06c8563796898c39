import type { KubernetesObject, ObjectMeta } from '../../../core/model/kubernetes-object.ts';
import { cleanupFinalizer } from '../discovery/definition-lifecycle.ts';
import type { Kind } from '../kind.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { tidyMetadata } from '../store/tidy-metadata.ts';
import { timeText } from './metadata.ts';

/** What a deletion asks for beyond the object's name. */
export type DeletionWish = {
  gracePeriodSeconds: number | undefined;
  propagation: 'Orphan' | 'Background' | 'Foreground' | undefined;
};

const isNamespace = ({ resource }: Kind): boolean =>
  resource.group === '' && resource.plural === 'namespaces';

const isDefinition = ({ resource }: Kind): boolean =>
  resource.group === 'apiextensions.k8s.io' && resource.plural === 'customresourcedefinitions';

/** Namespaces have finalizers of their own in `spec`, which their controller takes off through `finalize`. */
const hasFinalizers = (kind: Kind, { metadata, spec }: KubernetesObject): boolean => {
  const ofSpec = isNamespace(kind) && isJsonObject(spec) ? spec['finalizers'] : undefined;
  return (metadata.finalizers ?? []).length > 0 || (Array.isArray(ofSpec) && ofSpec.length > 0);
};

/** Whether an object that is being deleted has nothing left to wait for. */
export const isReadyToGo = (kind: Kind, object: KubernetesObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  !hasFinalizers(kind, object);

const collectorFinalizers = { Orphan: 'orphan', Foreground: 'foregroundDeletion' } as const;

/** The garbage collector acts on these two finalizers; the last wish counts. */
const finalizersFor = (finalizers: readonly string[], propagation: DeletionWish['propagation']): string[] => {
  if (propagation === undefined) return [...finalizers];
  const others = finalizers.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion');
  return propagation === 'Background' ? others : [...others, collectorFinalizers[propagation]];
};

const graceOf = ({ strategy }: Kind, object: KubernetesObject, wish: DeletionWish): number => {
  const own = strategy.gracePeriodSeconds?.(object) ?? 0;
  // Zero of its own means that there is nothing to end gracefully (not scheduled, or over).
  return own === 0 ? 0 : Math.max(wish.gracePeriodSeconds ?? own, 0);
};

const marked = (metadata: ObjectMeta, grace: number, now: number): ObjectMeta => {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, generation = 0 } = metadata;
  if (deletionTimestamp !== undefined) {
    if (grace >= deletionGracePeriodSeconds) return metadata;
    const begun = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
    return {
      ...metadata,
      deletionTimestamp: timeText(begun + grace * 1000),
      deletionGracePeriodSeconds: grace,
    };
  }
  return {
    ...metadata,
    ...(generation > 0 ? { generation: generation + 1 } : {}),
    deletionTimestamp: timeText(now + grace * 1000),
    deletionGracePeriodSeconds: grace,
  };
};

const statusOf = ({ status }: KubernetesObject): JsonObject => (isJsonObject(status) ? status : {});

/** A namespace shows its deletion in its phase, and has no grace period. */
const terminatingNamespace = (object: KubernetesObject): KubernetesObject => {
  const { deletionGracePeriodSeconds: _, ...metadata } = object.metadata;
  return { ...object, metadata, status: { ...statusOf(object), phase: 'Terminating' } };
};

/** A definition gets its finalizer now, shows its deletion as a condition, and has no grace period and no new generation. */
const terminatingDefinition = (
  object: KubernetesObject,
  before: KubernetesObject,
  now: number,
): KubernetesObject => {
  if (before.metadata.deletionTimestamp !== undefined) return object;
  const { deletionGracePeriodSeconds: _, finalizers = [], ...metadata } = object.metadata;
  const { conditions } = statusOf(object);
  const terminating = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: timeText(now),
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  return {
    ...object,
    metadata: {
      ...metadata,
      generation: before.metadata.generation ?? 1,
      finalizers: [...finalizers, cleanupFinalizer],
    },
    status: {
      ...statusOf(object),
      conditions: [...(Array.isArray(conditions) ? conditions : []), terminating],
    },
  };
};

/** The object marked as being deleted. It goes at once where `isReadyToGo` says so of the result. */
export const markedForDeletion = (
  kind: Kind,
  object: KubernetesObject,
  wish: DeletionWish,
  now: number,
): KubernetesObject => {
  const finalizers = finalizersFor(object.metadata.finalizers ?? [], wish.propagation);
  const metadata = marked(object.metadata, graceOf(kind, object, wish), now);
  const ending = { ...object, metadata: tidyMetadata({ ...metadata, finalizers }) };
  if (isNamespace(kind)) return terminatingNamespace(ending);
  return isDefinition(kind) ? terminatingDefinition(ending, object, now) : ending;
};
