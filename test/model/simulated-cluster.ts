// A cluster that holds objects in memory and answers what the product asks of one: the storage engine of the model, not a server.
import { DrError } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { apiVersionOf, type Resource } from '../../core/model/resource.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Cluster, ListOptions, ObjectKey, WatchEvent, WatchOptions } from '../../kube/cluster.ts';

/** A change as a watch tells it. */
export type StoredChange = { resource: Resource; event: WatchEvent<KubernetesObject> };

/** Objects of one cluster, and who hears of their changes. */
export type SimulatedCluster = {
  readonly cluster: Cluster;
  /**
   * Whether anybody outside reaches it. Its watches hold what they have to tell while nobody does, as a half-open connection,
   * or break at the next event.
   */
  setReachable(reachable: boolean, breaksWatches: boolean): void;
  find<T extends KubernetesObject>(resource: Resource, key: ObjectKey): T | undefined;
  all<T extends KubernetesObject>(resource: Resource): T[];
  /** Creates or replaces, as an API server does: uid and creation once, resourceVersion always, generation with the spec. */
  store<T extends KubernetesObject>(resource: Resource, object: T): T;
  remove(resource: Resource, key: ObjectKey): void;
  onChange(listener: (change: StoredChange) => void): void;
};

const keyOf = ({ namespace, name }: ObjectKey): string => `${namespace ?? ''}/${name}`;

export const createSimulatedCluster = (name: string, now: () => number): SimulatedCluster => {
  const kinds = new Map<string, Map<string, KubernetesObject>>();
  const listeners = new Set<(change: StoredChange) => void>();
  let version = 0;
  let isReachable = true;
  let breaksWatches = false;
  const wakeUps = new Set<() => void>();

  const objectsOf = ({ group, plural }: Resource): Map<string, KubernetesObject> => {
    const kind = `${group}/${plural}`;
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    const fresh = new Map<string, KubernetesObject>();
    kinds.set(kind, fresh);
    return fresh;
  };

  const tell = (
    resource: Resource,
    type: 'ADDED' | 'MODIFIED' | 'DELETED',
    object: KubernetesObject,
  ): void => {
    for (const listener of [...listeners]) listener({ resource, event: { type, object } });
  };

  const store = <T extends KubernetesObject>(resource: Resource, object: T): T => {
    const { name: objectName = '', namespace } = object.metadata;
    const key = keyOf({ name: objectName, ...(namespace === undefined ? {} : { namespace }) });
    const before = objectsOf(resource).get(key);
    version += 1;
    const hasNewSpec = JSON.stringify(before?.['spec']) !== JSON.stringify(object['spec']);
    const stored: T = {
      ...object,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: {
        ...object.metadata,
        uid: before?.metadata.uid ?? `${name}-${version}`,
        creationTimestamp: before?.metadata.creationTimestamp ?? new Date(now()).toISOString(),
        generation: (before?.metadata.generation ?? 0) + (hasNewSpec ? 1 : 0),
        resourceVersion: String(version),
      },
    };
    objectsOf(resource).set(key, stored);
    tell(resource, before === undefined ? 'ADDED' : 'MODIFIED', stored);
    return stored;
  };

  const remove = (resource: Resource, key: ObjectKey): void => {
    const before = objectsOf(resource).get(keyOf(key));
    if (before === undefined) return;
    version += 1;
    objectsOf(resource).delete(keyOf(key));
    const metadata = { ...before.metadata, resourceVersion: String(version) };
    tell(resource, 'DELETED', { ...before, metadata });
  };

  const assertReachable = (): void => {
    if (isReachable) return;
    throw new DrError({ code: 'Unreachable', message: `${name}: connection refused` });
  };

  const get = async <T extends KubernetesObject>(resource: Resource, key: ObjectKey): Promise<T> => {
    assertReachable();
    const found = objectsOf(resource).get(keyOf(key));
    if (found !== undefined) return found as T;
    const message = `${resource.plural} "${key.name}" not found`;
    throw new ApiError({ httpStatus: 404, reason: 'NotFound', message });
  };

  const list = async <T extends KubernetesObject>(resource: Resource, options: ListOptions = {}) => {
    assertReachable();
    const items = [...objectsOf(resource).values()].filter(
      ({ metadata }) => options.namespace === undefined || metadata.namespace === options.namespace,
    ) as T[];
    return { items, resourceVersion: String(version) };
  };

  const watch = async function* <T extends KubernetesObject>(
    resource: Resource,
    { signal, namespace, resourceVersion = '0' }: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    assertReachable();
    const pending: WatchEvent<T>[] = [];
    let wake: () => void = () => undefined;
    const hear = ({ resource: changed, event }: StoredChange): void => {
      if (changed.plural !== resource.plural || event.type === 'BOOKMARK') return;
      if (namespace !== undefined && event.object.metadata.namespace !== namespace) return;
      pending.push(event as WatchEvent<T>);
      wake();
    };
    listeners.add(hear);
    const wakeUp = (): void => wake();
    wakeUps.add(wakeUp);
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      for (const object of objectsOf(resource).values()) {
        if (Number(object.metadata.resourceVersion) > Number(resourceVersion)) {
          yield { type: 'MODIFIED', object: object as T };
        }
      }
      while (!signal.aborted) {
        if (breaksWatches) assertReachable();
        const next = isReachable ? pending.shift() : undefined;
        if (next !== undefined) yield next;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      listeners.delete(hear);
      wakeUps.delete(wakeUp);
    }
  };

  const notAsked = async (): Promise<never> => {
    throw new TypeError('nothing in the model asks a cluster for this');
  };

  return {
    cluster: {
      name,
      server: `https://${name}.invalid`,
      defaultNamespace: 'default',
      get,
      list,
      listAll: list,
      watch,
      create: notAsked,
      replace: notAsked,
      patch: notAsked,
      delete: notAsked,
      request: notAsked,
      close: () => undefined,
    },
    setReachable: (reachable, breaks) => {
      isReachable = reachable;
      breaksWatches = breaks;
      for (const wakeUp of [...wakeUps]) wakeUp();
    },
    find: <T extends KubernetesObject>(resource: Resource, key: ObjectKey) =>
      objectsOf(resource).get(keyOf(key)) as T | undefined,
    all: <T extends KubernetesObject>(resource: Resource) => [...objectsOf(resource).values()] as T[],
    store,
    remove,
    onChange: (listener) => {
      listeners.add(listener);
    },
  };
};
