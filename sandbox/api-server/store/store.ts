import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { createCollection, type ObjectCollection } from './collection.ts';
import { type Change, createHistory } from './history.ts';
import { type StoredObject, storedAt } from './stored-object.ts';

/** What a write expects to find: a revision, or nothing. Anything else there makes the write `stale`. */
export type Expected = number | 'absent';

/** Hears of a write right after it happened, in order. */
export type ChangeListener = (change: Change) => void;

/** Where writes are kept beyond the process. */
export type Journal = {
  /** What was kept before. */
  readonly loaded: {
    revision: number;
    objects: { collection: string; key: string; object: KubernetesObject }[];
  };
  append: (change: Change) => void;
  /** Resolves when all that was appended so far is on disk. */
  durable: () => Promise<void>;
};

/** All objects of one API server: in memory, ordered by one revision that each write raises by one. */
export type Store = {
  revision: () => number;
  get: (collection: string, key: string) => StoredObject | undefined;
  list: (collection: string, namespace?: string) => StoredObject[];
  /** The list as it was at a revision; undefined when the history does not reach back. */
  listAt: (collection: string, revision: number, namespace?: string) => StoredObject[] | undefined;
  size: (collection: string) => number;
  /** The changes of one collection after a revision; undefined when some are forgotten already. */
  changesSince: (collection: string, revision: number) => readonly Change[] | undefined;
  put: (
    collection: string,
    key: string,
    object: KubernetesObject,
    expected: Expected,
  ) => StoredObject | 'stale';
  /** Takes an object away; `object` is its last state, which watches tell. */
  remove: (
    collection: string,
    key: string,
    object: KubernetesObject,
    expected: number,
  ) => StoredObject | 'stale';
  /** Hears the changes of one collection, or of all; answers how to stop. */
  subscribe: (collection: string | undefined, listener: ChangeListener) => () => void;
  /** Resolves when what was written so far survives a crash; at once where nothing is kept. */
  durable: () => Promise<void>;
};

/** Options of `createStore`. */
export type StoreOptions = {
  /** How many changes a watch may lag behind before it must list again (410). */
  historyWindow: number;
  journal?: Journal;
};

/** State at an earlier revision: what each later change found is put back. */
const rewound = (now: StoredObject[], later: readonly Change[]): StoredObject[] => {
  const then = new Map(now.map((stored) => [stored.key, stored]));
  for (const { stored, previous } of later.toReversed()) {
    if (previous === undefined) then.delete(stored.key);
    else then.set(stored.key, previous);
  }
  return [...then.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
};

const inNamespace = ({ key }: StoredObject, namespace: string | undefined): boolean =>
  namespace === undefined || key.startsWith(`${namespace}/`);

/** Makes the store, with what the journal kept. */
export const createStore = ({ historyWindow, journal }: StoreOptions): Store => {
  const collections = new Map<string, ObjectCollection>();
  const listeners = new Map<string | undefined, Set<ChangeListener>>();
  let revision = Math.max(journal?.loaded.revision ?? 1, 1);

  const collectionOf = (name: string): ObjectCollection => {
    const known = collections.get(name);
    if (known !== undefined) return known;
    const created = createCollection();
    collections.set(name, created);
    return created;
  };

  for (const { collection, key, object } of journal?.loaded.objects ?? [])
    collectionOf(collection).put(storedAt(key, object, Number(object.metadata.resourceVersion)));
  const history = createHistory(historyWindow, revision);

  const tell = (change: Change) => {
    history.push(change);
    journal?.append(change);
    for (const name of [change.collection, undefined])
      for (const listener of [...(listeners.get(name) ?? [])]) listener(change);
  };

  const list = (collection: string, namespace?: string) => collectionOf(collection).list(namespace);

  const changesSince = (collection: string, after: number) =>
    history.since(after)?.filter((change) => change.collection === collection);

  return {
    revision: () => revision,
    get: (collection, key) => collectionOf(collection).get(key),
    list,
    listAt: (collection, at, namespace) => {
      const later = changesSince(collection, at)?.filter(({ stored }) => inNamespace(stored, namespace));
      if (later === undefined) return undefined;
      return later.length === 0 ? list(collection, namespace) : rewound(list(collection, namespace), later);
    },
    size: (collection) => collectionOf(collection).size(),
    changesSince,
    put: (collection, key, object, expected) => {
      const previous = collectionOf(collection).get(key);
      if ((previous?.revision ?? 'absent') !== expected) return 'stale';
      revision += 1;
      const stored = storedAt(key, object, revision);
      collectionOf(collection).put(stored);
      tell({ type: previous === undefined ? 'ADDED' : 'MODIFIED', collection, stored, previous });
      return stored;
    },
    remove: (collection, key, object, expected) => {
      const previous = collectionOf(collection).get(key);
      if (previous?.revision !== expected) return 'stale';
      revision += 1;
      const stored = storedAt(key, object, revision);
      collectionOf(collection).remove(key);
      tell({ type: 'DELETED', collection, stored, previous });
      return stored;
    },
    subscribe: (collection, listener) => {
      const heard = listeners.get(collection) ?? new Set();
      listeners.set(collection, heard.add(listener));
      return () => heard.delete(listener);
    },
    durable: () => journal?.durable() ?? Promise.resolve(),
  };
};
