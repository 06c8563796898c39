import type { KubernetesObject } from './kubernetes-object.ts';

/** A reference as PV `spec.claimRef` holds it. */
export type ClaimReference = {
  apiVersion?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  resourceVersion?: string;
};

export type PersistentVolume = KubernetesObject & {
  spec?: {
    capacity?: { storage?: string };
    accessModes?: string[];
    csi?: { driver: string; volumeHandle: string; [field: string]: unknown };
    claimRef?: ClaimReference;
    persistentVolumeReclaimPolicy?: 'Retain' | 'Delete' | 'Recycle';
    storageClassName?: string;
    volumeMode?: string;
  };
  status?: { phase?: string; lastPhaseTransitionTime?: string };
};

export type PersistentVolumeClaim = KubernetesObject & {
  spec?: {
    accessModes?: string[];
    resources?: { requests?: { storage?: string } };
    storageClassName?: string;
    volumeName?: string;
    volumeMode?: string;
    selector?: unknown;
  };
  status?: { phase?: string; accessModes?: string[]; capacity?: { storage?: string } };
};

/** What both sites share of a volume, because the PV is carried over: PV `spec.csi.driver` + `spec.csi.volumeHandle`. */
export type VolumeIdentity = { driver: string; volumeHandle: string };

/** The identity of a PV; undefined where it has no CSI source. */
export const volumeIdentityOf = (pv: PersistentVolume): VolumeIdentity | undefined => {
  const csi = pv.spec?.csi;
  return csi === undefined ? undefined : { driver: csi.driver, volumeHandle: csi.volumeHandle };
};

/** One string per identity, for maps: driver names hold no slash, so it cannot collide. */
export const volumeIdentityKey = ({ driver, volumeHandle }: VolumeIdentity): string =>
  `${driver}/${volumeHandle}`;
