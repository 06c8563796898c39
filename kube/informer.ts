import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../core/model/error.ts';
import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import type { Resource } from '../core/model/resource.ts';
import { isExpired } from './api-error.ts';
import type { Cluster, ObjectKey, ObjectList } from './cluster.ts';
import { type Change, createObjectCache, type Indexes, type ObjectCache } from './object-cache.ts';

/** Where an informer tells what goes on; a pino logger fits. */
export type InformerLog = {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
};

export type InformerOptions<T extends KubernetesObject> = {
  cluster: Cluster;
  resource: Resource;
  /** Left out or empty: all namespaces. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  indexes?: Indexes<T> | undefined;
  /** What is kept of an object; managed fields are left out where nothing is given. It must keep `metadata`. */
  transform?: ((object: T) => T) | undefined;
  /** Ends the informer. */
  signal: AbortSignal;
  /** Called after the cache holds the change; it must not throw. */
  onChange?: ((change: Change<T>) => void) | undefined;
  /** Called with what went wrong at each attempt that failed, apart from an expired resourceVersion; it must not throw. */
  onFailure?: ((error: unknown) => void) | undefined;
  log?: InformerLog | undefined;
  random?: (() => number) | undefined;
  now?: (() => number) | undefined;
  /** Without an event or bookmark for so long, a watch counts as dead (half-open connection). */
  idleTimeoutMs?: number | undefined;
};

/** A cache of one kind that follows the cluster. */
export type Informer<T extends KubernetesObject> = {
  /** Settles once the first list is in the cache; it never settles if the signal aborts before. */
  readonly synced: Promise<void>;
  get(key: ObjectKey): T | undefined;
  list(): T[];
  by(index: string, value: string): T[];
  size(): number;
  /**
   * Stores the answer to a write, so that the next read sees it before the watch does; `onChange` hears of it.
   * An object that is no longer in the cache was deleted meanwhile and stays so.
   */
  observe(object: T): void;
  hasSynced(): boolean;
  /** Time (ms) of the last list, begin of a watch, event or bookmark; undefined before the first. */
  lastContact(): number | undefined;
  /** What went wrong at the last attempt, as long as nothing was heard since. */
  failure(): unknown;
};

const firstBackoffMs = 800;
const longestBackoffMs = 30_000;
const defaultIdleTimeoutMs = 150_000;
const pageSize = 500;

/** Milliseconds before the next attempt after so many failures in a row: 0.8 s doubling to 30 s, with jitter. */
export const informerBackoff = (failures: number, random: () => number): number =>
  Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, failures - 1)) * (0.5 + random() / 2);

/** An object without `managedFields`, which are half of its size and of no use here. */
export const withoutManagedFields = <T extends KubernetesObject>(object: T): T => {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
};

type Following<T extends KubernetesObject> = {
  options: InformerOptions<T>;
  cache: ObjectCache<T>;
  contact(): void;
  failed(error: unknown): void;
  report(changes: readonly (Change<T> | undefined)[]): void;
};

const selection = (options: {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
}) => ({
  ...(options.namespace ? { namespace: options.namespace } : {}),
  ...(options.labelSelector ? { labelSelector: options.labelSelector } : {}),
  ...(options.fieldSelector ? { fieldSelector: options.fieldSelector } : {}),
});

/** Lists page by page, keeping only what the transform leaves, and makes the cache equal to it. */
const relist = async <T extends KubernetesObject>(follow: Following<T>): Promise<string> => {
  const { options, cache } = follow;
  const { cluster, resource, transform = withoutManagedFields } = options;
  const objects: T[] = [];
  let page: ObjectList<T> | undefined;
  do {
    page = await cluster.list<T>(resource, {
      ...selection(options),
      limit: pageSize,
      ...(page?.continue === undefined ? {} : { continue: page.continue }),
      signal: options.signal,
    });
    for (const item of page.items) objects.push(transform(item));
  } while (page.continue !== undefined);
  follow.contact();
  follow.report(cache.replaceAll(objects));
  return page.resourceVersion;
};

/**
 * Watches from a resourceVersion until the watch ends, and answers where to go on.
 * A watch that hears nothing for too long is ended: its connection may be dead without anybody having said so.
 */
const watchOnce = async <T extends KubernetesObject>(
  follow: Following<T>,
  from: { resourceVersion: string },
  onOpen: () => void,
): Promise<void> => {
  const { options, cache } = follow;
  const { cluster, resource, random = Math.random, transform = withoutManagedFields } = options;
  const idleMs = options.idleTimeoutMs ?? defaultIdleTimeoutMs;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  options.signal.addEventListener('abort', end, { once: true });
  const idle = setTimeout(end, idleMs);
  try {
    const events = cluster.watch<T>(resource, {
      ...selection(options),
      resourceVersion: from.resourceVersion,
      timeoutSeconds: Math.round(240 + random() * 60),
      onOpen,
      signal: ending.signal,
    });
    for await (const event of events) {
      idle.refresh();
      follow.contact();
      if (event.type === 'BOOKMARK') {
        from.resourceVersion = event.resourceVersion;
        continue;
      }
      const object = transform(event.object);
      follow.report([event.type === 'DELETED' ? cache.remove(object) : cache.put(object)]);
      from.resourceVersion = event.object.metadata.resourceVersion ?? from.resourceVersion;
    }
  } catch (error) {
    // Ended by ourselves: not a failure.
    if (!ending.signal.aborted) throw error;
  } finally {
    clearTimeout(idle);
    options.signal.removeEventListener('abort', end);
  }
};

const followForever = async <T extends KubernetesObject>(
  follow: Following<T>,
  onSynced: () => void,
): Promise<void> => {
  const { options } = follow;
  const { signal, resource, log, random = Math.random, now = Date.now } = options;
  let failures = 0;
  let pausedMs = 0;
  let openedAt: number | undefined;
  let from: { resourceVersion: string } | undefined;
  const onOpen = (): void => {
    openedAt = now();
    // After a cut it is in contact again, though it may be a minute until the next bookmark of a quiet kind.
    follow.contact();
  };
  /** A watch that went on for longer than was waited for it: its end is the first failure of its own. */
  const heldOn = (): boolean => openedAt !== undefined && now() - openedAt > pausedMs;
  while (!signal.aborted) {
    const startedAt = now();
    openedAt = undefined;
    try {
      if (from === undefined) {
        from = { resourceVersion: await relist(follow) };
        onSynced();
        failures = 0;
      }
      const before = from.resourceVersion;
      await watchOnce(follow, from, onOpen);
      // A server that ends every watch at once must not be asked in a tight loop.
      const wasUseful = from.resourceVersion !== before || now() - startedAt > 5_000;
      failures = wasUseful ? 0 : failures + 1;
    } catch (error) {
      if (signal.aborted) return;
      if (isExpired(error)) {
        log?.debug({ resource: resource.plural }, 'Resource version expired, listing again');
        from = undefined;
      } else {
        log?.warn(
          { resource: resource.plural, error: messageOf(error), failures },
          'Lost contact, trying again',
        );
        follow.failed(error);
      }
      failures = heldOn() ? 1 : failures + 1;
    }
    pausedMs = failures > 0 ? informerBackoff(failures, random) : 0;
    if (pausedMs > 0) await delay(pausedMs, undefined, { signal }).catch(() => undefined);
  }
};

/**
 * Keeps a cache of one kind equal to the cluster: a list in pages, then a watch with bookmarks that goes on where it
 * ended, and a new list when its resourceVersion has expired (what changed in between comes out as changes). It never
 * gives up; between failures it waits 0.8 to 30 s with jitter.
 */
export const startInformer = <T extends KubernetesObject>(options: InformerOptions<T>): Informer<T> => {
  const cache = createObjectCache<T>(options.indexes ?? {});
  const now = options.now ?? Date.now;
  let contactAt: number | undefined;
  let failure: unknown;
  let isSynced = false;
  const first = Promise.withResolvers<void>();
  const follow: Following<T> = {
    options,
    cache,
    contact: () => {
      contactAt = now();
      failure = undefined;
    },
    failed: (error) => {
      failure = error;
      options.onFailure?.(error);
    },
    report: (changes) => {
      for (const change of changes) if (change !== undefined) options.onChange?.(change);
    },
  };
  void followForever(follow, () => {
    isSynced = true;
    first.resolve();
  });
  return {
    synced: first.promise,
    get: cache.get,
    list: cache.list,
    by: cache.by,
    size: cache.size,
    observe: (object) => {
      const { name = '', namespace } = object.metadata;
      const held = cache.get({ name, ...(namespace === undefined ? {} : { namespace }) });
      if (held === undefined || held.metadata.uid !== object.metadata.uid) return;
      follow.report([cache.put((options.transform ?? withoutManagedFields)(object))]);
    },
    hasSynced: () => isSynced,
    lastContact: () => contactAt,
    failure: () => failure,
  };
};
