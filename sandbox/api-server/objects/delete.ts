import type { KubernetesObject, StatusBody } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import type { Kind } from '../kind.ts';
import { sameJson } from '../schema/json-value.ts';
import { keyOf } from '../store/stored-object.ts';
import type { DeleteRequest } from './delete-options.ts';
import { isReadyToGo, markedForDeletion } from './deletion.ts';
import type { Machinery, WriteContext } from './machinery.ts';
import { collectionOf, type ObjectTarget } from './target.ts';
import { viewOf } from './view.ts';

/** Kinds that answer a finished deletion with the object; all others answer with a Status (`ReturnDeletedObject`). */
const answersWithObject = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
]);

/** What became of the object. */
export type Deletion = { object: KubernetesObject; gone: boolean };

const checkPreconditions = (
  { kind, name }: ObjectTarget,
  { metadata }: KubernetesObject,
  { uid, resourceVersion }: DeleteRequest['preconditions'],
): void => {
  if (uid !== undefined && uid !== metadata.uid)
    throw failures.preconditionFailed(
      kind.resource,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw failures.preconditionFailed(
      kind.resource,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
};

const reviewDeletion = async (
  { admission }: Machinery,
  target: ObjectTarget,
  live: KubernetesObject,
  request: { context: WriteContext; wish: DeleteRequest },
): Promise<void> => {
  const { context, wish } = request;
  const attributes = {
    operation: 'DELETE',
    kind: target.kind,
    subresource: undefined,
    namespace: target.namespace,
    name: target.name,
    object: undefined,
    oldObject: live,
    caller: context.caller,
    dryRun: context.options.dryRun,
    options: wish.review,
    warn: context.warn,
  } as const;
  await admission.mutate(attributes);
  await admission.validate(attributes);
};

const protectedNamespaces = new Set(['default', 'kube-system', 'kube-public']);

const refuseProtected = ({ kind, name }: ObjectTarget): void => {
  if (kind.resource.group === '' && kind.resource.plural === 'namespaces' && protectedNamespaces.has(name))
    throw failures.forbidden(kind.resource, name, 'this namespace may not be deleted');
};

/** Deletes an object, or marks it where finalizers or a grace period hold it. */
export const deleteObject = async (
  machinery: Machinery,
  target: ObjectTarget,
  wish: DeleteRequest,
  context: WriteContext,
): Promise<Deletion> => {
  const { kind, namespace, name } = target;
  const { store, now } = machinery;
  const collection = collectionOf(kind);
  const key = keyOf(namespace, name);
  refuseProtected(target);
  for (;;) {
    const stored = store.get(collection, key);
    if (stored === undefined) throw failures.notFound(kind.resource, name);
    const live = viewOf(kind, stored);
    checkPreconditions(target, live, wish.preconditions);
    await reviewDeletion(machinery, target, live, { context, wish });
    const marked = markedForDeletion(kind, stored.object, wish, now());
    const gone = isReadyToGo(kind, marked);
    if (context.options.dryRun || (!gone && sameJson(marked, stored.object)))
      return { object: gone ? live : marked, gone };
    // Only kinds that end gracefully are marked before they go, too.
    const ending = kind.strategy.gracePeriodSeconds === undefined ? stored.object : marked;
    const last = gone
      ? store.remove(collection, key, ending, stored.revision)
      : store.put(collection, key, marked, stored.revision);
    if (last !== 'stale') return { object: viewOf(kind, last), gone };
  }
};

/** The Status that answers a finished deletion. */
const success = ({ resource }: Kind, { metadata }: KubernetesObject): StatusBody => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: {
    ...(metadata.name === undefined ? {} : { name: metadata.name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
  },
  code: 200,
});

/** What a deletion is answered with: the object while it stays (and always for some kinds), else a Status. */
export const deletionAnswer = (kind: Kind, { object, gone }: Deletion): unknown => {
  if (!gone || (kind.resource.group === '' && answersWithObject.has(kind.resource.plural))) return object;
  const { code: _, ...status } = success(kind, object);
  return status;
};
