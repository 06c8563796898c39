import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../model/volume-replication.ts';

/** The driver this controller serves, as it is now. */
export type DriverFacts = {
  name: string;
} & (
  | { state: 'ready'; knowsDestination: boolean }
  | {
      state: 'unavailable';
      reason: string;
      /** It went away while it worked on a call of this pass, perhaps because of it. */
      lostInCall?: boolean;
    }
);

/** What the other site showed when it was asked just before a force. */
export type PeerView =
  | { state: 'primary'; site: string }
  | { state: 'not-primary'; site: string }
  | { state: 'unknown'; site: string; reason: string };

/** Whether a promote that the driver refuses may be forced: only with consent, or at once as kubernetes-csi-addons does. */
export type ForcePolicy = 'consent' | 'upstream';

/** Everything one decision about one VolumeReplication looks at; undefined objects are known not to exist. */
export type Facts = {
  replication: VolumeReplication;
  replicationClass: VolumeReplicationClass | undefined;
  claim: PersistentVolumeClaim | undefined;
  volume: PersistentVolume | undefined;
  /** Other VolumeReplications of this namespace with the same claim as source. */
  rivals: readonly VolumeReplication[];
  driver: DriverFacts;
  forcePolicy: ForcePolicy;
  /** Milliseconds between looks at the sync information; undefined: as the class's schedule says. */
  pollMs: number | undefined;
  /** Whether `replication` was read from the server in this pass, not from the cache. */
  isLive: boolean;
  /** Undefined while it was not asked, or where no peer is connected. */
  peer: PeerView | undefined;
  /** Milliseconds since the epoch when this pass began. */
  now: number;
};

/** `status.state`, or `Unknown` where it is empty. */
export const currentState = ({ replication }: Facts): string => replication.status?.state || 'Unknown';

/** Whether the object is on its way out. */
export const isDeleting = ({ replication }: Facts): boolean =>
  replication.metadata.deletionTimestamp !== undefined;
