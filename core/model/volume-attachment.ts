import type { KubernetesObject } from './kubernetes-object.ts';

/** `storage.k8s.io/v1` VolumeAttachment: a PV is attached to a node, or is to be. */
export type VolumeAttachment = KubernetesObject & {
  spec?: { attacher?: string; nodeName?: string; source?: { persistentVolumeName?: string } };
};
