import type { KubernetesObject, OwnerReference } from './kubernetes-object.ts';

/** The owner that makes an object and keeps it as it is. */
export const controllerOf = ({ metadata }: KubernetesObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);
