// Waits until objects of a site are as a command wants them, through the room that talks to clusters.
import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { Resource } from '../../core/model/resource.ts';
import type { ObjectKey } from '../../kube/cluster.ts';
import type { Site } from './clusters.ts';
import { type FollowedObjects, followObjects } from './follow-objects.ts';

/** Answers something once an object is as wanted. `unreadable`: why nothing can be seen at the moment. */
export type Look<T, Answer> = (object: T | undefined, unreadable: string | undefined) => Answer | undefined;

/** Objects of one kind, for whoever waits for one of them. */
export type Awaited<T extends KubernetesObject> = {
  /** Looks now and at each change, until the look answers; rejects when the signal is aborted. */
  until<Answer>(key: ObjectKey, look: Look<T, Answer>, signal: AbortSignal): Promise<Answer>;
};

/** One watch per namespace costs less than a watch of a whole large cluster, until there are many. */
const mostWatches = 20;

const keyText = ({ namespace = '', name = '' }: Partial<ObjectKey>): string => `${namespace}/${name}`;

/** Who waits for which object. */
const createListeners = () => {
  const listeners = new Map<string, Set<() => void>>();
  return {
    add: (key: string, listener: () => void) => {
      listeners.set(key, (listeners.get(key) ?? new Set()).add(listener));
    },
    remove: (key: string, listener: () => void) => listeners.get(key)?.delete(listener),
    wake: (key: string) => {
      for (const listener of [...(listeners.get(key) ?? [])]) listener();
    },
    wakeAll: () => {
      for (const listener of [...listeners.values()].flatMap((same) => [...same])) listener();
    },
  };
};

/** Follows a kind in some namespaces until the signal is aborted. Never gives up on a site that does not answer. */
export const followUntil = <T extends KubernetesObject>(
  { cluster }: Site,
  resource: Resource,
  { namespaces, signal }: { readonly namespaces: readonly string[]; readonly signal: AbortSignal },
): Awaited<T> => {
  const listeners = createListeners();
  let unreadable: string | undefined;

  const start = (namespace: string | undefined): FollowedObjects<T> => {
    const followed = followObjects<T>({
      cluster,
      resource,
      namespace,
      signal,
      // When something was asked for is told by its managed fields.
      transform: (object) => object,
      onChange: ({ object }) => {
        unreadable = undefined;
        listeners.wake(keyText(object.metadata));
      },
      onFailure: (error) => {
        unreadable = messageOf(error);
        listeners.wakeAll();
      },
    });
    void followed.synced.then(listeners.wakeAll);
    return followed;
  };
  const isWide = namespaces.length > mostWatches;
  const everywhere = isWide ? start(undefined) : undefined;
  const byNamespace = new Map((isWide ? [] : namespaces).map((namespace) => [namespace, start(namespace)]));

  return {
    until: (key, look, waiting) =>
      new Promise((resolve, reject) => {
        const followed = everywhere ?? byNamespace.get(key.namespace ?? '');
        const end = (): void => {
          listeners.remove(keyText(key), listener);
          waiting.removeEventListener('abort', stop);
        };
        const listener = (): void => {
          if (followed?.hasSynced() !== true && unreadable === undefined) return;
          const answer = look(followed?.get(key), unreadable);
          if (answer === undefined) return;
          end();
          resolve(answer);
        };
        const stop = (): void => {
          end();
          reject(waiting.reason);
        };
        if (waiting.aborted) return stop();
        waiting.addEventListener('abort', stop, { once: true });
        listeners.add(keyText(key), listener);
        listener();
      }),
  };
};
