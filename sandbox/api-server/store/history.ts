import type { StoredObject } from './stored-object.ts';

/** One write, as watches tell it. A deletion's object carries the revision of the deletion. */
export type Change = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The resource: `volumereplications.replication.storage.openshift.io`. */
  readonly collection: string;
  readonly stored: StoredObject;
  readonly previous: StoredObject | undefined;
};

/** The last writes, so that a watch can start in the past. */
export type History = {
  push: (change: Change) => void;
  /** The changes after a revision, oldest first; undefined when some of them are forgotten already. */
  since: (revision: number) => readonly Change[] | undefined;
};

/**
 * Keeps at least the last `window` changes, and never more than twice as many.
 * `revision` is where the history begins: nothing before it is known.
 */
export const createHistory = (window: number, revision: number): History => {
  let changes: Change[] = [];
  let forgottenUpTo = revision;

  const forget = (count: number) => {
    forgottenUpTo = changes[count - 1]?.stored.revision ?? forgottenUpTo;
    changes = changes.slice(count);
  };

  const firstAfter = (after: number): number => {
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((changes[middle]?.stored.revision ?? 0) <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    push: (change) => {
      changes.push(change);
      // Cutting in blocks keeps a push cheap.
      if (changes.length >= Math.max(2 * window, 1)) forget(changes.length - window);
    },
    since: (after) => (after < forgottenUpTo ? undefined : changes.slice(firstAfter(after))),
  };
};
