import { controllerOf } from '../model/controller-of.ts';
import type { KubernetesObject, OwnerReference } from '../model/kubernetes-object.ts';
import { type Reading, unknown } from '../model/reading.ts';

/** The object that a reference names, which was or could not be read; undefined where nobody has tried yet. */
export type OwnerLookup = (owner: OwnerReference, namespace: string) => Reading<KubernetesObject> | undefined;

/** A controller on the way up from a pod. */
export type OwnerLink = {
  readonly owner: OwnerReference;
  /** Undefined where nobody has tried to read it yet. */
  readonly reading: Reading<KubernetesObject> | undefined;
};

/** More than any operator stacks; references that lead in a circle end as well. */
const longestChain = 8;

/** Another object may have the name of one that is gone. */
const ownItself = (
  reading: Reading<KubernetesObject> | undefined,
  { uid }: OwnerReference,
): Reading<KubernetesObject> | undefined =>
  reading?.known && reading.value.metadata.uid !== uid ? unknown('it does not exist any more') : reading;

/** The controllers of an object from the bottom up, as far as they can be read. */
export const ownerChain = (
  object: KubernetesObject,
  namespace: string,
  lookup: OwnerLookup,
  longest = longestChain,
): OwnerLink[] => {
  const owner = controllerOf(object);
  if (owner === undefined || longest === 0) return [];
  const reading = ownItself(lookup(owner, namespace), owner);
  const above = reading?.known ? ownerChain(reading.value, namespace, lookup, longest - 1) : [];
  return [{ owner, reading }, ...above];
};
