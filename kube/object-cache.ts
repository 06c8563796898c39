import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import type { ObjectKey } from './cluster.ts';

/** What happened to one object of a cache. */
export type Change<T extends KubernetesObject> =
  | { type: 'added'; object: T }
  | { type: 'updated'; object: T; before: T }
  | { type: 'deleted'; object: T };

/** Under which values an object is found by an index. */
export type Indexes<T extends KubernetesObject> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** The objects of one kind as last seen, found by key and by index. Objects are shared: read them, never change them. */
export type ObjectCache<T extends KubernetesObject> = {
  get(key: ObjectKey): T | undefined;
  list(): T[];
  by(index: string, value: string): T[];
  size(): number;
  /** Stores an object; undefined when this very version is there already. */
  put(object: T): Change<T> | undefined;
  remove(object: KubernetesObject): Change<T> | undefined;
  /** Makes the cache hold exactly these: what differs comes back as changes. */
  replaceAll(objects: readonly T[]): Change<T>[];
};

/** One string per object of a kind: namespaces hold no slash. */
export const cacheKey = ({ namespace, name }: ObjectKey): string => `${namespace ?? ''}/${name}`;

const keyOf = ({ metadata }: KubernetesObject): string =>
  `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

const revision = /^[1-9]\d*$/;

/**
 * Whether what the cache holds is the same version or a later one. The answer to a write may be stored before the watch
 * tells of that write, and then the watch must not take the cache back. Versions are compared as numbers, as Kubernetes
 * promises since 1.35; where they are none, only the same version counts.
 */
const isAsNew = (held: KubernetesObject, offered: KubernetesObject): boolean => {
  if (held.metadata.uid !== offered.metadata.uid) return false;
  const [a = '', b = ''] = [held.metadata.resourceVersion, offered.metadata.resourceVersion];
  if (a === b) return true;
  return revision.test(a) && revision.test(b) && BigInt(a) > BigInt(b);
};

/** An empty cache with the given indexes. */
export const createObjectCache = <T extends KubernetesObject>(indexes: Indexes<T>): ObjectCache<T> => {
  const objects = new Map<string, T>();
  const tables = new Map<string, Map<string, Set<string>>>();
  for (const name of Object.keys(indexes)) tables.set(name, new Map());

  const unindex = (key: string, object: T): void => {
    for (const [name, table] of tables) {
      for (const value of indexes[name]?.(object) ?? []) {
        const keys = table.get(value);
        keys?.delete(key);
        if (keys?.size === 0) table.delete(value);
      }
    }
  };

  const index = (key: string, object: T): void => {
    for (const [name, table] of tables) {
      for (const value of indexes[name]?.(object) ?? []) {
        const keys = table.get(value);
        if (keys === undefined) table.set(value, new Set([key]));
        else keys.add(key);
      }
    }
  };

  const put = (object: T): Change<T> | undefined => {
    const key = keyOf(object);
    const before = objects.get(key);
    if (before !== undefined && isAsNew(before, object)) return undefined;
    objects.set(key, object);
    if (before !== undefined) unindex(key, before);
    index(key, object);
    return before === undefined ? { type: 'added', object } : { type: 'updated', object, before };
  };

  const removeKey = (key: string): Change<T> | undefined => {
    const before = objects.get(key);
    if (before === undefined) return undefined;
    objects.delete(key);
    unindex(key, before);
    return { type: 'deleted', object: before };
  };

  return {
    get: (key) => objects.get(cacheKey(key)),
    list: () => [...objects.values()],
    by: (index, value) => {
      const found: T[] = [];
      for (const key of tables.get(index)?.get(value) ?? []) {
        const object = objects.get(key);
        if (object !== undefined) found.push(object);
      }
      return found;
    },
    size: () => objects.size,
    put,
    remove: (object) => removeKey(keyOf(object)),
    replaceAll: (fresh) => {
      const kept = new Set(fresh.map(keyOf));
      const gone = [...objects.keys()].filter((key) => !kept.has(key)).map(removeKey);
      return [...gone, ...fresh.map(put)].filter((change) => change !== undefined);
    },
  };
};
