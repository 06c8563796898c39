import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import { apiVersionOf, type Resource } from '../core/model/resource.ts';
import type {
  Cluster,
  DeleteOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  PatchOptions,
  RequestOptions,
  WatchOptions,
} from './cluster.ts';
import { type Kubeconfig, resolveContext } from './kubeconfig.ts';
import { collectionPath, listPath, objectPath, watchPath, withQuery } from './request-path.ts';
import { type Call, createSession, type Session, type SessionOptions } from './session.ts';
import { linesOf, watchEventOf } from './watch-lines.ts';

/** How to talk to one cluster. */
export type ConnectOptions = SessionOptions & {
  kubeconfig: Kubeconfig;
  /** The current context where left out. */
  context?: string | undefined;
  /** The site's name in messages; the context's name where left out. */
  name?: string | undefined;
};

const pageSize = 500;

/** A server that does not know of metadata alone answers with whole objects. */
const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

const patchContentTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const satisfies Record<PatchOptions['type'], string>;

const writeQuery = (options: { dryRun?: boolean; fieldManager?: string } | undefined, force?: boolean) => ({
  dryRun: options?.dryRun ? 'All' : undefined,
  fieldManager: options?.fieldManager,
  force: force ? true : undefined,
});

const keyOf = ({ metadata }: KubernetesObject): ObjectKey => ({
  name: metadata.name ?? '',
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
});

const listPage = async <T extends KubernetesObject>(
  session: Session,
  resource: Resource,
  options: ListOptions,
): Promise<ObjectList<T>> => {
  const body: { items?: T[]; metadata?: { resourceVersion?: string; continue?: string } } = JSON.parse(
    await session.call({
      method: 'GET',
      path: listPath(resource, options),
      accept: options.metadataOnly ? metadataList : undefined,
      options,
    }),
  );
  const apiVersion = apiVersionOf(resource);
  const items = body.items ?? [];
  // Items of built-in kinds come without them; whoever prints or applies one needs them.
  for (const item of items) {
    item.apiVersion ??= apiVersion;
    item.kind ??= resource.kind;
  }
  const next = body.metadata?.continue;
  return {
    items,
    resourceVersion: body.metadata?.resourceVersion ?? '',
    ...(next ? { continue: next } : {}),
  };
};

const listEverything = async <T extends KubernetesObject>(
  session: Session,
  resource: Resource,
  options: ListOptions,
): Promise<ObjectList<T>> => {
  const items: T[] = [];
  let page = await listPage<T>(session, resource, { limit: pageSize, ...options });
  for (;;) {
    for (const item of page.items) items.push(item);
    if (page.continue === undefined) return { items, resourceVersion: page.resourceVersion };
    const { resourceVersion: _, ...rest } = options;
    page = await listPage<T>(session, resource, { limit: pageSize, ...rest, continue: page.continue });
  }
};

async function* watchEvents<T extends KubernetesObject>(
  session: Session,
  resource: Resource,
  options: WatchOptions,
) {
  const { body } = await session.stream(watchPath(resource, options), options.signal);
  options.onOpen?.();
  try {
    for await (const line of linesOf(body)) yield watchEventOf<T>(line);
  } finally {
    body.destroy();
  }
}

const deleteBody = (options: DeleteOptions | undefined): unknown => ({
  kind: 'DeleteOptions',
  apiVersion: 'v1',
  ...(options?.dryRun ? { dryRun: ['All'] } : {}),
  ...(options?.propagationPolicy === undefined ? {} : { propagationPolicy: options.propagationPolicy }),
  ...(options?.preconditions === undefined ? {} : { preconditions: options.preconditions }),
  ...(options?.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * Connects to the cluster of a kubeconfig context; nothing is sent before the first request.
 * Throws `ContextNotFound` or `KubeconfigInvalid`; the methods throw as `Cluster` says.
 */
export const connect = (options: ConnectOptions): Cluster => {
  const resolved = resolveContext(options.kubeconfig, options.context);
  const name = options.name ?? resolved.context.name;
  const session = createSession(resolved, options, name);
  const write = async <T>(call: Call): Promise<T> => JSON.parse(await session.call(call)) as T;
  return {
    name,
    server: resolved.cluster.server,
    defaultNamespace: resolved.context.namespace ?? 'default',
    get: (resource, key, request) =>
      write({ method: 'GET', path: objectPath(resource, key), options: request }),
    list: (resource, request = {}) => listPage(session, resource, request),
    listAll: (resource, request = {}) => listEverything(session, resource, request),
    create: (resource, object, request) => {
      const { name: objectName, namespace } = keyOf(object);
      const path =
        request?.subresource === undefined
          ? collectionPath(resource, namespace)
          : objectPath(
              resource,
              keyOf({ metadata: { name: objectName, ...(namespace && { namespace }) } }),
              request.subresource,
            );
      return write({
        method: 'POST',
        path: withQuery(path, writeQuery(request)),
        body: object,
        options: request,
      });
    },
    replace: (resource, object, request) =>
      write({
        method: 'PUT',
        path: withQuery(objectPath(resource, keyOf(object), request?.subresource), writeQuery(request)),
        body: object,
        options: request,
      }),
    patch: (resource, key, body, request) =>
      write({
        method: 'PATCH',
        path: withQuery(objectPath(resource, key, request.subresource), writeQuery(request, request.force)),
        body,
        contentType: patchContentTypes[request.type],
        options: request,
      }),
    delete: async (resource, key, request) => {
      await session.call({
        method: 'DELETE',
        path: objectPath(resource, key),
        body: deleteBody(request),
        options: request,
      });
    },
    watch: (resource, watch) => watchEvents(session, resource, watch),
    request: async <T>(method: string, path: string, request?: RequestOptions & { body?: unknown }) =>
      parsed(await session.call({ method, path, body: request?.body, options: request })) as T,
    close: () => session.close(),
  };
};
