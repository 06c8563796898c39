import { definitionCollection } from '../discovery/definition-lifecycle.ts';
import type { Failure } from '../http/failure.ts';
import { failures } from '../http/failure.ts';
import type { Kind } from '../kind.ts';
import { isJsonObject } from '../schema/json-value.ts';
import type { Store } from '../store/store.ts';
import { keyOf } from '../store/stored-object.ts';
import { collectionOf, type Target } from './target.ts';

/** The collection that namespaces are in. */
export const namespaces = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' } as const;

const isTerminating = (object: { [field: string]: unknown; metadata: { deletionTimestamp?: string } }) =>
  object.metadata.deletionTimestamp !== undefined ||
  (isJsonObject(object['status']) && object['status']['phase'] === 'Terminating');

const terminating = ({ kind, namespace }: Target, name: string): Failure => {
  const refused = failures.forbidden(
    kind.resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  const { details } = refused.body;
  if (details !== undefined)
    details.causes = [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ];
  return refused;
};

/** Nothing is created in a namespace that is not there (404) or on its way out (403): admission plugin NamespaceLifecycle. */
export const requireLiveNamespace = (store: Store, target: Target, name: string): void => {
  const { namespace, kind } = target;
  if (namespace === undefined) return;
  const found = store.get(namespaces.plural, keyOf(undefined, namespace));
  if (found === undefined) throw failures.notFound(namespaces, namespace);
  // Reviews ask a question about a namespace, they are no content of it.
  if (isTerminating(found.object) && kind.resource.group !== 'authorization.k8s.io')
    throw terminating(target, name);
};

/** Nothing is created of a kind whose definition is being deleted (405). */
export const requireLiveDefinition = (store: Store, kind: Kind): void => {
  if (!kind.custom) return;
  const definition = store.get(definitionCollection, keyOf(undefined, collectionOf(kind)));
  if (definition?.object.metadata.deletionTimestamp === undefined) return;
  throw failures.definitionTerminating(kind.resource);
};
