import type { StoredObject } from './stored-object.ts';

/** All objects of one resource, in the order of their keys (the order in which etcd lists them). */
export type ObjectCollection = {
  get: (key: string) => StoredObject | undefined;
  put: (stored: StoredObject) => void;
  remove: (key: string) => void;
  /** Objects of one namespace, or of all; a fresh array. */
  list: (namespace?: string) => StoredObject[];
  size: () => number;
};

/** Where the key stands, or would be inserted, in a sorted list. */
const positionOf = (keys: readonly string[], key: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Makes an empty collection. A namespace is a range of the sorted keys, so it needs no index of its own. */
export const createCollection = (): ObjectCollection => {
  const byKey = new Map<string, StoredObject>();
  const keys: string[] = [];

  const keysOf = (namespace: string | undefined): readonly string[] =>
    namespace === undefined
      ? keys
      : // '0' follows '/' in ASCII: the first key behind all of this namespace.
        keys.slice(positionOf(keys, `${namespace}/`), positionOf(keys, `${namespace}0`));

  return {
    get: (key) => byKey.get(key),
    put: (stored) => {
      if (!byKey.has(stored.key)) keys.splice(positionOf(keys, stored.key), 0, stored.key);
      byKey.set(stored.key, stored);
    },
    remove: (key) => {
      if (byKey.delete(key)) keys.splice(positionOf(keys, key), 1);
    },
    list: (namespace) => keysOf(namespace).flatMap((key) => byKey.get(key) ?? []),
    size: () => byKey.size,
  };
};
