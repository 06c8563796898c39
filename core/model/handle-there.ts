import type { PersistentVolume, VolumeIdentity } from './persistent-volume.ts';
import type { VolumeReplicationStatus } from './volume-replication.ts';

/** On a PV that was restored under a handle of this site: the handle that the volume has on the site that it came from. */
export const sourceHandleAnnotation = 'kubectl-dr.dev/source-volume-handle';

/** What a restore wrote down; undefined where it carried the handle over, or where no restore made the PV. */
export const recordedHandle = ({ metadata }: PersistentVolume): string | undefined =>
  metadata.annotations?.[sourceHandleAnnotation] || undefined;

/**
 * The handle of a volume on the other site, where something tells that it is another one: the driver, as csi-addons passes it on
 * (`status.destinationVolumeID`), else the restore that made the PV.
 */
export const handleThere = (
  volume: PersistentVolume | undefined,
  replication: { readonly status?: VolumeReplicationStatus | undefined } | undefined,
): string | undefined =>
  replication?.status?.destinationVolumeID || (volume === undefined ? undefined : recordedHandle(volume));

/** The volume as the other site calls it, where a restore wrote that down. */
export const recordedIdentity = (volume: PersistentVolume): VolumeIdentity | undefined => {
  const [csi, handle] = [volume.spec?.csi, recordedHandle(volume)];
  return csi === undefined || handle === undefined ? undefined : { driver: csi.driver, volumeHandle: handle };
};
