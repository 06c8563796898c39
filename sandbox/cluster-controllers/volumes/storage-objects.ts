import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';

export type StorageClass = KubernetesObject & {
  provisioner?: string;
  parameters?: Record<string, string>;
  reclaimPolicy?: string;
  mountOptions?: string[];
  volumeBindingMode?: string;
};

export type VolumeAttachment = KubernetesObject & {
  spec?: { attacher: string; nodeName: string; source?: { persistentVolumeName?: string } };
  status?: { attached?: boolean; attachError?: { message?: string } };
};

/** Annotations and finalizers by which the binder, the provisioner and the attacher of Kubernetes talk to each other. */
export const volumeNames = {
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  storageProvisioner: 'volume.kubernetes.io/storage-provisioner',
  betaStorageProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  selectedNode: 'volume.kubernetes.io/selected-node',
  defaultClass: 'storageclass.kubernetes.io/is-default-class',
  claimProtection: 'kubernetes.io/pvc-protection',
  volumeProtection: 'kubernetes.io/pv-protection',
  provisionerFinalizer: 'external-provisioner.volume.kubernetes.io/finalizer',
} as const;

export const annotationOf = (object: KubernetesObject, name: string): string | undefined =>
  object.metadata.annotations?.[name];

/** `namespace/name` of a claim. */
export const claimKey = (claim: KubernetesObject): string =>
  `${claim.metadata.namespace ?? ''}/${claim.metadata.name ?? ''}`;

/** `namespace/name` of the claim that a volume names, if it names one. */
export const claimKeyOfVolume = (volume: PersistentVolume): string | undefined => {
  const claim = volume.spec?.claimRef;
  return claim === undefined ? undefined : `${claim.namespace ?? ''}/${claim.name ?? ''}`;
};

/** Whether a volume is bound to, or reserved by name and namespace for, this very claim. */
export const isVolumeOfClaim = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => {
  const reference = volume.spec?.claimRef;
  if (reference === undefined || claimKeyOfVolume(volume) !== claimKey(claim)) return false;
  return (reference.uid ?? '') === '' || reference.uid === claim.metadata.uid;
};

/** The class of a claim or volume; the annotation is the old way and wins, as in Kubernetes. */
export const storageClassNameOf = (object: PersistentVolume | PersistentVolumeClaim): string =>
  annotationOf(object, 'volume.beta.kubernetes.io/storage-class') ?? object.spec?.storageClassName ?? '';

/** Whether claims of the class wait for a pod before they get a volume. */
export const waitsForConsumer = (storageClass: StorageClass | undefined): boolean =>
  storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
