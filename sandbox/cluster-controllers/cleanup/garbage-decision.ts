import type { KubernetesObject, OwnerReference } from '../../../core/model/kubernetes-object.ts';
import { type Decision, type Effect, only, settled, withoutFinalizer } from '../runtime/decision.ts';
import type { OwnedObject } from './owner-graph.ts';

/** The finalizers by which a server hands foreground and orphan deletion to the garbage collector. */
export const garbageFinalizers = { foreground: 'foregroundDeletion', orphan: 'orphan' } as const;

/** What is known of an owner: it is there, gone, or itself waiting for its dependents to go. */
export type OwnerState = 'present' | 'absent' | 'waiting-for-dependents';

export type GarbageFacts = {
  /** As the server shows it now. */
  object: KubernetesObject;
  item: OwnedObject;
  owners: readonly { reference: OwnerReference; state: OwnerState }[];
  /** As the server shows them now where they are written to. */
  dependents: readonly { object: KubernetesObject; item: OwnedObject }[];
};

const withoutOwners = (
  { item, object }: { item: OwnedObject; object: KubernetesObject },
  uids: ReadonlySet<string>,
): Effect => ({
  act: 'patch',
  resource: item.resource,
  object,
  body: {
    metadata: {
      ownerReferences: (object.metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid)),
    },
  },
});

/** Foreground: the object waits until the dependents that block it are gone. */
const deleteDependentsFirst = ({ object, item, dependents }: GarbageFacts): Decision => {
  const isBlocking = ({ item: dependent }: { item: OwnedObject }): boolean =>
    dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === item.uid && blockOwnerDeletion === true);
  // The dependents are looked at in their own right: each goes when this was its last owner.
  if (dependents.some(isBlocking)) return settled;
  return only(withoutFinalizer(item.resource, object, garbageFinalizers.foreground));
};

/** Orphan: the dependents lose their reference, then the object goes. */
const orphanDependents = ({ object, item, dependents }: GarbageFacts): Decision => {
  const own = new Set([item.uid]);
  return {
    effects: [
      ...dependents.map((dependent) => withoutOwners(dependent, own)),
      withoutFinalizer(item.resource, object, garbageFinalizers.orphan),
    ],
  };
};

const policyOf = (item: OwnedObject): 'Background' | 'Foreground' | 'Orphan' => {
  if (item.finalizers.includes(garbageFinalizers.orphan)) return 'Orphan';
  return item.finalizers.includes(garbageFinalizers.foreground) ? 'Foreground' : 'Background';
};

/** What the garbage collector of Kubernetes does with one object whose owners or dependents changed. */
export const decideGarbage = (facts: GarbageFacts): Decision => {
  const { object, item, owners, dependents } = facts;
  if (item.isDeleting) {
    if (item.finalizers.includes(garbageFinalizers.orphan)) return orphanDependents(facts);
    if (item.finalizers.includes(garbageFinalizers.foreground)) return deleteDependentsFirst(facts);
    return settled;
  }
  if (owners.length === 0) return settled;
  const gone = owners.filter(({ state }) => state !== 'present');
  if (gone.length === 0) return settled;
  if (gone.length < owners.length) {
    return only(withoutOwners(facts, new Set(gone.map(({ reference }) => reference.uid))));
  }
  const isPartOfForeground =
    gone.some(({ state }) => state === 'waiting-for-dependents') && dependents.length > 0;
  const propagation = isPartOfForeground ? 'Foreground' : policyOf(item);
  return only({ act: 'delete', resource: item.resource, object, propagation });
};
