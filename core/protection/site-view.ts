import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { StorageClass } from '../model/storage-class.ts';
import type { ClaimKey, VolumeLookup } from './claims-of-volume.ts';
import type { ReplicationLookup } from './protectors.ts';

/**
 * One cluster as the rules look at it, whether from informers or from lists. A method throws where its answer cannot be known, so
 * each is called within `readingOf`.
 */
export type SiteView = VolumeLookup &
  ReplicationLookup & {
    claimsNamed(name: string): readonly PersistentVolumeClaim[];
    volumesReservedFor(claim: ClaimKey): readonly PersistentVolume[];
    storageClass(name: string): StorageClass | undefined;
    /** Names of pods that use a claim and have not ended. */
    podsUsing(claim: ClaimKey): readonly string[];
    /** Nodes that a VolumeAttachment of the PV names. */
    nodesOf(volumeName: string): readonly string[];
  };
