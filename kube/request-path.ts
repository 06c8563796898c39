import type { Resource } from '../core/model/resource.ts';
import type { ListOptions, ObjectKey, WatchOptions } from './cluster.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

const rootOf = ({ group, version }: Resource): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

/** A path with its query; parameters that are undefined or empty are left out. */
export const withQuery = (path: string, query: Query): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '' && value !== false) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
};

/** `/api/v1/namespaces/<ns>/<plural>`, or without the namespace for all of them and for cluster-scoped kinds. */
export const collectionPath = (resource: Resource, namespace?: string | undefined): string =>
  resource.namespaced && namespace !== undefined && namespace !== ''
    ? `${rootOf(resource)}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}`
    : `${rootOf(resource)}/${resource.plural}`;

/** The path of one object, or of one of its subresources. */
export const objectPath = (
  resource: Resource,
  { name, namespace }: ObjectKey,
  subresource?: string | undefined,
): string => {
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
};

/** The path of one page of a list. */
export const listPath = (resource: Resource, options: ListOptions): string =>
  withQuery(collectionPath(resource, options.namespace), {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    limit: options.limit,
    continue: options.continue,
    resourceVersion: options.resourceVersion,
  });

/** The path of a watch, bookmarks asked for. */
export const watchPath = (resource: Resource, options: WatchOptions): string =>
  withQuery(collectionPath(resource, options.namespace), {
    watch: true,
    allowWatchBookmarks: true,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds,
  });
