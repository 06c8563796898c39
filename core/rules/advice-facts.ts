import type { Reading } from '../model/reading.ts';
import type { PeerView } from './peer-view.ts';
import type { ReplicationChange } from './replication-facts.ts';

/** A class that is created, and the class of the same name on the other site. */
export type ClassAdviceFacts = {
  readonly subject: 'class';
  readonly kind: 'VolumeReplicationClass' | 'VolumeGroupReplicationClass';
  readonly name: string;
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Undefined where the other site has none of this name. */
  readonly peerClass: Reading<
    | {
        readonly site: string;
        readonly provisioner: string;
        readonly parameters: Readonly<Record<string, string>>;
      }
    | undefined
  >;
};

/** A replication that is created or changed. */
export type ReplicationAdviceFacts = {
  readonly subject: 'replication';
  readonly change: ReplicationChange;
  /** Whether a peer is known at all. */
  readonly peer: PeerView;
  /** Milliseconds of the class's schedule; undefined where it has none. */
  readonly scheduleMs: Reading<number | undefined>;
  /** When the last complete sync ended, milliseconds since the epoch; undefined where there was none. */
  readonly lastSyncAt: Reading<number | undefined>;
  /** When the claim and its volume were last backed up; undefined where they never were. */
  readonly lastBackupAt: Reading<number | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** What the advice rules look at. Advice is silent about what is unknown. */
export type AdviceFacts = ClassAdviceFacts | ReplicationAdviceFacts;
