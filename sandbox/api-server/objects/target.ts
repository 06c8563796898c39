import { apiVersionOf } from '../../../core/model/resource.ts';
import { qualifiedPlural } from '../http/failure.ts';
import type { Kind } from '../kind.ts';

/** What a request on objects is about: a collection, or one object, or a subresource of it. */
export type Target = {
  kind: Kind;
  /** Left out for cluster-scoped kinds, and for all namespaces. */
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
};

/** A target that names its object. */
export type ObjectTarget = Target & { name: string };

/** The collection of the store in which a kind's objects are; all versions of a kind share it. */
export const collectionOf = ({ resource, storedAs }: Kind): string =>
  qualifiedPlural(storedAs?.resource ?? resource);

/** `v1` or `group/version`. */
export const apiVersionOfKind = ({ resource }: Kind): string => apiVersionOf(resource);
