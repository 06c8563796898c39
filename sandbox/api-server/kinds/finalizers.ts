import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';

/** The object with a finalizer that the server itself adds. */
export const withFinalizer = (object: KubernetesObject, finalizer: string): KubernetesObject => {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
};
