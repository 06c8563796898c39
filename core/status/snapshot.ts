import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { Reading } from '../model/reading.ts';
import type { VolumeGroupReplication } from '../model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../model/volume-replication.ts';
import type { OperationRecord } from '../operation/operation-record.ts';

/** How a site is named and reached. */
export type SiteName = {
  /** What people call it: the heading of its column. */
  readonly name: string;
  /** Tells the two sites of a pair apart: the context's name, or the site's own where both contexts are called the same. */
  readonly context: string;
  /** The words that make kubectl talk to this site: `kubectl --context cluster-1`. */
  readonly kubectl: string;
  /** Flags by which `kubectl dr` finds the other site when it starts at this one; left out where it finds it without. */
  readonly peerFlags?: string;
};

/** Everything that status reads of one site that answers. */
export type SiteObjects = {
  readonly replications: readonly VolumeReplication[];
  readonly groups: readonly VolumeGroupReplication[];
  readonly classes: Reading<readonly VolumeReplicationClass[]>;
  readonly claims: Reading<readonly PersistentVolumeClaim[]>;
  readonly volumes: Reading<readonly PersistentVolume[]>;
  /** Records of whole procedures; none where the kind is not installed. */
  readonly operations: Reading<readonly OperationRecord[]>;
};

/** One site as it was read, or why it could not be. */
export type SiteSnapshot = { readonly site: SiteName; readonly objects: Reading<SiteObjects> };
