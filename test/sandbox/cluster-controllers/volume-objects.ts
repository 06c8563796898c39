import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import type { StorageClass } from '../../../sandbox/cluster-controllers/volumes/storage-objects.ts';

type ClaimParts = {
  annotations?: Record<string, string>;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
};

/** The claim `rec/<name>` of 1Gi in class csi-rbd-sc, Pending unless told otherwise. */
export const claim = (name: string, { annotations, spec, status, metadata }: ClaimParts = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: 'rec',
      uid: `uid-${name}`,
      resourceVersion: '7',
      finalizers: ['kubernetes.io/pvc-protection'],
      ...(annotations && { annotations }),
      ...metadata,
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'csi-rbd-sc',
      volumeMode: 'Filesystem',
      ...spec,
    },
    status: { phase: 'Pending', ...status },
  }) as PersistentVolumeClaim;

/** The volume <name> of 1Gi in class csi-rbd-sc, Available unless told otherwise. */
export const volume = (name: string, { annotations, spec, status, metadata }: ClaimParts = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      uid: `uid-${name}`,
      resourceVersion: '5',
      finalizers: ['kubernetes.io/pv-protection'],
      ...(annotations && { annotations }),
      ...metadata,
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: 'csi-rbd-sc',
      volumeMode: 'Filesystem',
      csi: { driver: 'rbd.csi.ceph.com', volumeHandle: `h-${name}`, fsType: 'ext4' },
      ...spec,
    },
    status: { phase: 'Available', ...status },
  }) as PersistentVolume;

/** A claimRef to `rec/<name>`; without a uid it is a reservation by name. */
export const claimRef = (name: string, uid?: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: 'rec',
  name,
  ...(uid && { uid }),
});

export const storageClass = (parts: Partial<StorageClass> = {}): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'csi-rbd-sc', uid: 'uid-class' },
  provisioner: 'rbd.csi.ceph.com',
  reclaimPolicy: 'Retain',
  ...parts,
});
