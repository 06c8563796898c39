import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';

/** Something that was let in a moment ago and may not be in the caches yet. */
export type Admission<T extends KubernetesObject> = {
  readonly object: T;
  /** `metadata.generation` before it; undefined where it was created. */
  readonly generation: number | undefined;
};

/** Objects of one kind that were let in lately. */
export type LatelyAdmitted<T extends KubernetesObject> = {
  add(admission: Admission<T>): void;
  /** Those that an index key finds, which the caches (`shown`) do not show yet. */
  by(key: string, shown: (object: T) => T | undefined): readonly T[];
};

/** Informers are milliseconds behind; a request that was let in and not stored after all is forgotten after this. */
const lifeMs = 10_000;

const isInView = <T extends KubernetesObject>(
  { generation }: Admission<T>,
  inCache: T | undefined,
): boolean =>
  inCache !== undefined && (generation === undefined || (inCache.metadata.generation ?? 0) > generation);

/** An empty memory of ten seconds; `keysOf` says how an object is found. */
export const createLatelyAdmitted = <T extends KubernetesObject>(
  keysOf: (object: T) => readonly string[],
  now: () => number,
): LatelyAdmitted<T> => {
  const table = new Map<string, Set<Admission<T>>>();
  const inOrder = new Map<Admission<T>, number>();

  const forget = (admission: Admission<T>): void => {
    inOrder.delete(admission);
    for (const key of keysOf(admission.object)) {
      const found = table.get(key);
      found?.delete(admission);
      if (found?.size === 0) table.delete(key);
    }
  };

  const forgetOld = (): void => {
    for (const [admission, at] of inOrder) {
      // A clock that was set back must not keep them for ever.
      if (Math.abs(now() - at) < lifeMs) return;
      forget(admission);
    }
  };

  return {
    add: (admission) => {
      forgetOld();
      inOrder.set(admission, now());
      for (const key of keysOf(admission.object)) {
        const found = table.get(key);
        if (found === undefined) table.set(key, new Set([admission]));
        else found.add(admission);
      }
    },
    by: (key, shown) => {
      forgetOld();
      const found: T[] = [];
      for (const admission of [...(table.get(key) ?? [])]) {
        if (isInView(admission, shown(admission.object))) forget(admission);
        else found.push(admission.object);
      }
      return found;
    },
  };
};
