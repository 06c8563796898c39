import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import type { ObjectKey } from '../../../kube/cluster.ts';

/** What the cluster controllers of one site see without asking the server. Objects are shared: never change them. */
export interface SiteCache {
  get<T extends KubernetesObject>(resource: Resource, key: ObjectKey): T | undefined;
  list<T extends KubernetesObject>(resource: Resource): readonly T[];
  /** Objects under one value of an index of `indexes.ts`. */
  by<T extends KubernetesObject>(resource: Resource, index: string, value: string): readonly T[];
}

/** `namespace/name`, or the name alone for cluster-scoped kinds: the key of a work queue. */
export const keyOf = (object: KubernetesObject): string => {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? (name ?? '') : `${namespace}/${name ?? ''}`;
};

/** The inverse of `keyOf`. */
export const parseKey = (key: string): ObjectKey => {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
};
