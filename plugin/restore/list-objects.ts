import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import type { Resource } from '../../core/model/resource.ts';
import type { Site } from '../door/clusters.ts';
import { codeOf } from './error-code.ts';

/** Which namespaces to read, by their names there. */
export type NamespaceScope = { readonly namespaces: readonly string[]; readonly signal: AbortSignal };

/** What the answer of a server says about a failed read: that the cluster is unreachable is no fact about one kind. */
export const isAnswer = (error: unknown): boolean =>
  ['Forbidden', 'NotFound', 'ResourceNotServed', 'MethodNotAllowed'].includes(codeOf(error));

/** What was read; unknown where the server does not let us read it. */
export const readingOfAnswer = async <T>(site: Site, what: string, read: Promise<T>): Promise<Reading<T>> => {
  try {
    return known(await read);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return unknown(`${what} of ${site.name} cannot be read: ${messageOf(error)}`);
  }
};

/** All objects of a kind, page by page: of one namespace, or of the cluster. */
export const listAll = async <T extends KubernetesObject>(
  { cluster }: Site,
  resource: Resource,
  signal: AbortSignal,
  namespace?: string,
): Promise<T[]> => {
  const { items } = await cluster.listAll<T>(resource, {
    ...(namespace !== undefined && { namespace }),
    signal,
  });
  // A list does not say of each item what it is.
  return items.map((item) => ({ ...item, kind: resource.kind }));
};

/** All objects of a kind in some namespaces. One that is not there has none: its list is empty, and no error. */
export const listIn = async <T extends KubernetesObject>(
  site: Site,
  resource: Resource,
  { namespaces, signal }: NamespaceScope,
): Promise<T[]> =>
  (await Promise.all(namespaces.map((namespace) => listAll<T>(site, resource, signal, namespace)))).flat();

/** The same as `listAll`; unknown where the server does not let us. */
export const tryList = <T extends KubernetesObject>(site: Site, resource: Resource, signal: AbortSignal) =>
  readingOfAnswer<readonly T[]>(site, resource.plural, listAll<T>(site, resource, signal));

/** The same as `listIn`; unknown where the server does not let us. */
export const tryListIn = <T extends KubernetesObject>(
  site: Site,
  resource: Resource,
  scope: NamespaceScope,
) => readingOfAnswer<readonly T[]>(site, resource.plural, listIn<T>(site, resource, scope));
