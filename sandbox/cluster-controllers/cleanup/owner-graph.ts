import type { KubernetesObject, OwnerReference } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';

/** What the garbage collector keeps of an object: who owns it, and whether it is leaving. */
export type OwnedObject = {
  resource: Resource;
  uid: string;
  name: string;
  namespace: string | undefined;
  owners: readonly OwnerReference[];
  finalizers: readonly string[];
  isDeleting: boolean;
};

/** Objects by uid, and dependents by the uid of their owner. */
export type OwnerGraph = {
  put(object: OwnedObject): void;
  remove(uid: string): void;
  get(uid: string): OwnedObject | undefined;
  dependentsOf(uid: string): readonly OwnedObject[];
};

/** The part of an object that the collector needs; the rest is not kept. */
export const ownedObjectOf = (resource: Resource, { metadata }: KubernetesObject): OwnedObject => ({
  resource,
  uid: metadata.uid ?? '',
  name: metadata.name ?? '',
  namespace: metadata.namespace,
  owners: metadata.ownerReferences ?? [],
  finalizers: metadata.finalizers ?? [],
  isDeleting: metadata.deletionTimestamp !== undefined,
});

/** An empty graph. */
export const createOwnerGraph = (): OwnerGraph => {
  const objects = new Map<string, OwnedObject>();
  const dependents = new Map<string, Set<string>>();

  const unlink = (uid: string): void => {
    for (const owner of objects.get(uid)?.owners ?? []) {
      const siblings = dependents.get(owner.uid);
      siblings?.delete(uid);
      if (siblings?.size === 0) dependents.delete(owner.uid);
    }
  };

  return {
    put: (object) => {
      unlink(object.uid);
      objects.set(object.uid, object);
      for (const owner of object.owners) {
        const siblings = dependents.get(owner.uid) ?? new Set();
        siblings.add(object.uid);
        dependents.set(owner.uid, siblings);
      }
    },
    remove: (uid) => {
      unlink(uid);
      objects.delete(uid);
    },
    get: (uid) => objects.get(uid),
    dependentsOf: (uid) =>
      [...(dependents.get(uid) ?? [])].flatMap((dependent) => objects.get(dependent) ?? []),
  };
};
