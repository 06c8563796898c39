import type { KubernetesObject } from '../model/kubernetes-object.ts';

/** Names an object as messages do. */
export type ObjectName = {
  readonly kind: string;
  /** Undefined for kinds without a namespace. */
  readonly namespace: string | undefined;
  readonly name: string;
};

/** How an object is named. */
export const nameOf = ({ kind, metadata }: KubernetesObject): ObjectName => ({
  kind: kind ?? '',
  namespace: metadata.namespace,
  name: metadata.name ?? '',
});

/** One text per object, for maps: neither kinds nor namespaces hold a blank. */
export const nameKey = ({ kind, namespace, name }: ObjectName): string =>
  `${kind} ${namespace ?? ''} ${name}`;

/** `PersistentVolumeClaim shop/db`. */
export const nameText = ({ kind, namespace, name }: ObjectName): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
