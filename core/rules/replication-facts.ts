import type { CopyFacts } from '../following/copy-facts.ts';
import type { OwnWrites } from '../following/own-writes.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { Reading } from '../model/reading.ts';
import type { StorageClass } from '../model/storage-class.ts';
import type { ReplicationState } from '../model/volume-replication.ts';
import type { ConsentFacts } from './consent-facts.ts';
import type { PeerView } from './peer-view.ts';

/** The two kinds that protect claims. */
export type ReplicationKind = 'VolumeReplication' | 'VolumeGroupReplication';

/** What a VolumeReplication or VolumeGroupReplication asks for. */
export type Wish = {
  readonly replicationState: ReplicationState;
  readonly autoResync: boolean;
};

/** A VolumeReplication or VolumeGroupReplication that is created, changed or deleted. */
export type ReplicationChange = {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly kind: ReplicationKind;
  readonly namespace: string;
  /** `generateName` with a star where the server has not named it yet. */
  readonly name: string;
  /** Undefined when the object is created. */
  readonly before: Wish | undefined;
  /** Undefined when the object is deleted. */
  readonly after: Wish | undefined;
  /** `status.state` before the change: `Primary`, `Secondary`, `Unknown`, or empty. */
  readonly state: string;
  /** A driver may have been asked to mirror for it: it carries the finalizer of the controllers, or its status tells of a state. */
  readonly isProtecting: boolean;
  /** It was deleted before, and only its finalizers keep it. */
  readonly isTerminating: boolean;
  /** A VolumeReplication that a group's controller keeps equal to its group, which was judged itself. */
  readonly followsGroup: boolean;
};

/** A replication that is there already. */
export type ReplicationHere = {
  readonly kind: ReplicationKind;
  readonly namespace: string;
  readonly name: string;
  readonly claimName: string;
  readonly wants: ReplicationState;
  /** `status.state`, empty where there is none. */
  readonly state: string;
};

/** One claim that a replication takes in: the claim of a VolumeReplication, each that a group's selector finds. */
export type Member = {
  readonly claimName: string;
  readonly claim: Reading<PersistentVolumeClaim | undefined>;
  /** Other namespaces that hold a claim of this name; read only where this one holds none. */
  readonly elsewhere: Reading<readonly string[]>;
  /** The PV that the claim is bound to or will be: named by it, or reserved for it. Undefined while there is none. */
  readonly volume: Reading<PersistentVolume | undefined>;
  /** The claim's StorageClass, which decides about a volume that is not there yet. */
  readonly storageClass: Reading<StorageClass | undefined>;
  /** Other replications of this very claim. */
  readonly rivals: Reading<readonly ReplicationHere[]>;
  /** Other replications on this cluster, whatever their claim and namespace, whose volume has the same identity. */
  readonly sameVolume: Reading<readonly ReplicationHere[]>;
  /** Names of pods that use the claim and have not ended. */
  readonly pods: Reading<readonly string[]>;
  /** Nodes that a VolumeAttachment of the PV names. */
  readonly attachedTo: Reading<readonly string[]>;
  /** Asked only when the change makes the volume primary, or lets a resync overwrite it. */
  readonly peer: PeerView;
};

/** A class as VolumeReplicationClass and VolumeGroupReplicationClass have it. */
export type ClassHere = {
  readonly kind: 'VolumeReplicationClass' | 'VolumeGroupReplicationClass';
  readonly name: string;
  /** Undefined where the class is missing. */
  readonly provisioner: string | undefined;
};

/** Everything that is known about a change of a replication. */
export type ReplicationFacts = {
  readonly subject: 'replication';
  readonly change: ReplicationChange;
  readonly members: Reading<readonly Member[]>;
  /** The classes that the object names: one for a VolumeReplication, one or two for a group. */
  readonly classes: Reading<readonly ClassHere[]>;
  /** The namespace is being deleted, so that everything in it has to go. */
  readonly namespaceTerminating: Reading<boolean>;
  readonly copy: CopyFacts;
  /** What this copy may hold that no other has: matters where it is thrown away. */
  readonly ownWrites: OwnWrites;
  readonly consent: ConsentFacts;
  /** Without a peer nothing can be said about the other site: `allow` as kubernetes-csi-addons does, or `refuse`. */
  readonly withoutPeer: 'allow' | 'refuse';
};
