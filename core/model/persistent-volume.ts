import { cephServiceOf, readCephHandle } from './ceph-handle.ts';
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

/** What a PV says of the volume behind it: `spec.csi.driver` and `spec.csi.volumeHandle`. */
export type VolumeIdentity = { driver: string; volumeHandle: string };

/** The identity of a PV; undefined where it has no CSI source. */
export const volumeIdentityOf = (pv: PersistentVolume): VolumeIdentity | undefined => {
  const csi = pv.spec?.csi;
  return csi === undefined ? undefined : { driver: csi.driver, volumeHandle: csi.volumeHandle };
};

/** An identity as a person reads it. */
export const volumeIdentityText = ({ driver, volumeHandle }: VolumeIdentity): string =>
  `${driver}/${volumeHandle}`;

/**
 * One string per volume, for maps: two identities with the same one are the same volume for sure. Driver names hold neither slash nor
 * number sign, so that it cannot collide. Of ceph-csi it is the image, whatever ids its cluster and pool have on a site, and whatever the
 * driver is called there.
 */
export const volumeIdentityKey = (identity: VolumeIdentity): string => {
  const service = cephServiceOf(identity.driver);
  const image = service === undefined ? undefined : readCephHandle(identity.volumeHandle);
  return image === undefined ? volumeIdentityText(identity) : `${service}#${image.uuid}`;
};
