import type {
  ClaimReference,
  PersistentVolume,
  PersistentVolumeClaim,
} from '../../../../core/model/persistent-volume.ts';

export const boundByController = 'pv.kubernetes.io/bound-by-controller';
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
export const claimRefAnnotation = 'kubectl-dr.dev/claim-ref';

/** What is special about a volume; the rest is the same for all. */
export type VolumeSketch = {
  readonly annotations?: Record<string, string> | undefined;
  readonly claimRef?: ClaimReference | undefined;
  readonly policy?: 'Retain' | 'Delete' | 'Recycle' | undefined;
};

export const volume = ({ annotations, claimRef, policy }: VolumeSketch): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'pv-1', labels: { app: 'db' }, ...(annotations && { annotations }) },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    csi: { driver: 'rbd.csi.ceph.com', volumeHandle: 'handle-1' },
    ...(claimRef && { claimRef }),
    ...(policy && { persistentVolumeReclaimPolicy: policy }),
  },
});

/** The claim shop/db of this cluster. */
export const claimHere = (uid: string): PersistentVolumeClaim => ({
  metadata: { namespace: 'shop', name: 'db', uid },
});

/** A claimRef to shop/db as a bound volume has it. */
export const boundTo = (uid: string): ClaimReference => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: 'shop',
  name: 'db',
  uid,
  resourceVersion: '1131',
});
