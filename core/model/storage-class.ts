import type { KubernetesObject } from './kubernetes-object.ts';

/** `storage.k8s.io/v1` StorageClass. */
export type StorageClass = KubernetesObject & {
  provisioner?: string;
  /** Delete where nothing is said. */
  reclaimPolicy?: 'Retain' | 'Delete' | 'Recycle';
};
