import type { Cluster } from '../kube/cluster.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { PeerLook } from '../kube/peer-look.ts';
import type { Sources } from './gather.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { ControllerLog } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { SecretReader } from './secret-reader.ts';
import type { Writer } from './write.ts';

/** What one pass over a VolumeReplication works with. */
export type Reconciler = {
  sources: Sources;
  cluster: Cluster;
  writer: Writer;
  secrets: SecretReader;
  events: EventRecorder;
  locks: KeyedLock;
  metrics: Metrics;
  log: ControllerLog;
  /** What the other site shows of the same volume; undefined where no peer is known. */
  peer: Pick<PeerLook, 'look'> | undefined;
  /** The namespace that is watched; empty: all. */
  watched: string;
  /** Milliseconds of a wait for the driver after which the status says what is waited for. */
  slowCallMs: number;
  /** Whether this process may act at this moment; false once its Lease may be another's. */
  isLeading: () => boolean;
  /** Ends the process's work: nothing is written once it is aborted. */
  signal: AbortSignal;
};
