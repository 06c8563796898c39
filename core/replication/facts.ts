import { followedCondition } from '../following/followed.ts';
import type { Condition } from '../model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { Reading } from '../model/reading.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../model/volume-replication.ts';
import type { PeerView } from '../rules/peer-view.ts';
import type { ReplicationHere } from '../rules/replication-facts.ts';

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

/** A call after which two sites may be primary, or the only good copy gone: what it rests on is read anew just before it. */
export type CarefulCall = 'promote' | 'force' | 'resync' | 'demote';

/** What was read just before a careful call; the live objects are in the facts themselves by then. */
export type CloseLook = {
  readonly before: CarefulCall;
  /** Milliseconds since the epoch when it began. */
  readonly at: number;
  /** Other replications on this cluster whose volume has the same identity. */
  readonly sameVolume: Reading<readonly ReplicationHere[]>;
  readonly peer: PeerView;
};

/**
 * Whether a promote that the driver refuses may be forced: only with consent, or at once as kubernetes-csi-addons does. The
 * latter asks no peer before a promote, either.
 */
export type ForcePolicy = 'consent' | 'upstream';

/** Everything one decision about one VolumeReplication looks at; undefined objects are known not to exist. */
export type Facts = {
  replication: VolumeReplication;
  replicationClass: VolumeReplicationClass | undefined;
  claim: PersistentVolumeClaim | undefined;
  volume: PersistentVolume | undefined;
  /** Other VolumeReplications of this namespace with the same claim as source. */
  rivals: readonly VolumeReplication[];
  /** Replications of this cluster that have the same volume through another claim, and stay. */
  sharers: readonly ReplicationHere[];
  driver: DriverFacts;
  forcePolicy: ForcePolicy;
  /** Milliseconds between looks at the sync information; undefined: as the class's schedule says. */
  pollMs: number | undefined;
  /** Milliseconds between looks at a secondary that is not in sync. */
  resyncPollMs: number;
  /** Whether another site is known that can be asked. */
  hasPeer: boolean;
  /** Undefined until a careful call is at hand, and again when that took too long. */
  look: CloseLook | undefined;
  /** Milliseconds since the epoch when this pass began. */
  now: number;
  /** When the driver told of the last sync, milliseconds since the epoch: a call can take long. */
  toldAt?: number;
};

/** `status.state`, or `Unknown` where it is empty. */
export const currentState = ({ replication }: Facts): string => replication.status?.state || 'Unknown';

/** What `Followed` says of the spec that was acted on last: the one that it speaks of may be an older one than the object's. */
export const followedBefore = ({ replication: { status } }: Facts): Condition | undefined =>
  status?.conditions?.find(
    ({ type, observedGeneration }) =>
      type === followedCondition && observedGeneration === status.observedGeneration,
  );

/** Whether the object is on its way out. */
export const isDeleting = ({ replication }: Facts): boolean =>
  replication.metadata.deletionTimestamp !== undefined;
