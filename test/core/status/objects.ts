import { backupRecordText, lastBackupAnnotation } from '../../../core/backup/backup-record.ts';
import { demotionAnnotation, demotionText, type FollowedState } from '../../../core/following/demotion.ts';
import { followedCondition, lostReason } from '../../../core/following/followed.ts';
import type { Condition } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../../core/model/reading.ts';
import type { VolumeGroupReplication } from '../../../core/model/volume-group-replication.ts';
import type {
  ReplicationState,
  VolumeReplication,
  VolumeReplicationClass,
  VolumeReplicationStatus,
} from '../../../core/model/volume-replication.ts';
import type { SiteObjects, SiteSnapshot } from '../../../core/status/snapshot.ts';

/** The clock of these tests. */
export const now = Date.parse('2026-11-20T12:00:00Z');

const minute = 60_000;

/** A time that many minutes ago, as the API writes it. */
export const ago = (minutes: number): string =>
  new Date(now - minutes * minute).toISOString().replace('.000Z', 'Z');

type ConditionSet = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>[];

const condition = (type: string, status: Condition['status'], reason: string, message: string) => ({
  type,
  status,
  reason,
  message,
});

/** The sets of conditions that kubernetes-csi-addons writes, word for word. */
export const conditionSets = {
  promoted: [
    condition('Completed', 'True', 'Promoted', 'volume is promoted to primary and replicating to secondary'),
    condition('Degraded', 'False', 'Healthy', 'volume is healthy'),
    condition('Resyncing', 'False', 'NotResyncing', 'volume is not resyncing'),
  ],
  promoteFailed: [
    condition('Completed', 'False', 'FailedToPromote', 'failed to promote volume'),
    condition(
      'Degraded',
      'True',
      'Error',
      'volume failed to promote: rpc error: code = Internal desc = no quorum',
    ),
    condition('Resyncing', 'False', 'NotResyncing', 'volume is not resyncing'),
  ],
  promoteRefused: [
    condition('Completed', 'False', 'FailedToPromote', 'failed to promote volume'),
    condition(
      'Degraded',
      'True',
      'Error',
      'volume failed to promote: rpc error: code = FailedPrecondition desc = rbd: ret=-16, Device or resource busy',
    ),
    condition('Resyncing', 'False', 'NotResyncing', 'volume is not resyncing'),
  ],
  /** The pool has another id on this site (recorded from ceph-csi). */
  volumeNotFound: [
    condition('Completed', 'False', 'FailedToPromote', 'failed to enable volume replication'),
    condition(
      'Degraded',
      'True',
      'Error',
      'volume failed to promote: rpc error: code = NotFound desc = pool 2 not found for 0001: pool not found',
    ),
    condition('Resyncing', 'False', 'NotResyncing', 'volume is not resyncing'),
  ],
  demoted: [
    condition('Completed', 'True', 'Demoted', 'volume is demoted to secondary'),
    condition('Degraded', 'True', 'VolumeDegraded', 'volume is degraded'),
    condition('Resyncing', 'False', 'NotResyncing', 'volume is not resyncing'),
  ],
  refusedByRule: [
    condition('Completed', 'False', 'FailedToPromote', 'failed to meet prerequisite'),
    condition('Degraded', 'True', 'Error', 'volume failed to promote: DR102: cluster-1 is primary'),
    condition('Resyncing', 'False', 'NotResyncing', 'volume is not resyncing'),
  ],
  demoteFailed: [
    condition('Completed', 'False', 'FailedToDemote', 'failed to demote volume'),
    condition(
      'Degraded',
      'True',
      'Error',
      'volume failed to demote: rpc error: code = Internal desc = in use',
    ),
    condition('Resyncing', 'False', 'NotResyncing', 'volume is not resyncing'),
  ],
  resyncing: [
    condition('Completed', 'True', 'Demoted', 'volume is demoted to secondary'),
    condition('Degraded', 'True', 'VolumeDegraded', 'volume is degraded'),
    condition(
      'Resyncing',
      'True',
      'ResyncTriggered',
      'volume is resyncing changes from primary to secondary',
    ),
  ],
  resyncFailed: [
    condition('Completed', 'False', 'FailedToResync', 'failed to resync volume'),
    condition(
      'Degraded',
      'True',
      'Error',
      'volume failed to resync: rpc error: code = Internal desc = failed to get last sync info',
    ),
    condition('Resyncing', 'False', 'FailedToResync', 'volume is not resyncing'),
  ],
  inSync: [
    condition('Completed', 'True', 'Demoted', 'volume is demoted to secondary'),
    condition('Degraded', 'False', 'Healthy', 'volume is demoted to secondary'),
    condition('Resyncing', 'False', 'NotResyncing', 'volume is not resyncing'),
  ],
  replicating: [
    condition('Replicating', 'True', 'Replicating', 'volume is replicating: local image is primary'),
  ],
  notReplicating: [
    condition('Replicating', 'False', 'NotReplicating', 'volume is not replicating: rbd-mirror is down'),
  ],
  imageGone: [
    condition(
      'Replicating',
      'Unknown',
      'Replicating',
      'volume replication status is unknown: rpc error: code = NotFound desc = volume 0001-0004-rook-0000000000000001-uuid not found: Failed as image not found (internal RBD image not found: rbd: ret=-2, No such file or directory)',
    ),
  ],
  noSyncTime: [
    condition(
      'Replicating',
      'Unknown',
      'Replicating',
      'volume replication status is unknown: rpc error: code = NotFound desc = failed to get last sync info: empty local snapshot timestamp: last sync time not found',
    ),
  ],
  replicationUnknown: [
    condition('Replicating', 'Unknown', 'Replicating', 'volume replication status is unknown: '),
  ],
  // Only dr-controller says these.
  followed: [condition('Followed', 'True', 'SyncedSincePromote', 'a snapshot of its own is complete there')],
  notFollowed: [condition('Followed', 'False', 'NoSyncYet', 'no snapshot of its own is complete there yet')],
  followedUnknown: [condition('Followed', 'Unknown', 'PromoteNotSeen', 'nobody saw the promote')],
} satisfies Record<string, ConditionSet>;

/** One VolumeReplication in a sentence's worth of fields; everything left out is the healthy usual. */
export type VrSketch = {
  wants?: ReplicationState;
  state?: string;
  sets?: readonly (keyof typeof conditionSets)[];
  /** Minutes since the conditions last changed. */
  changed?: number;
  generation?: number;
  observed?: number | undefined;
  /** Minutes since the spec was written. */
  asked?: number;
  synced?: number | undefined;
  autoResync?: boolean;
  message?: string;
  deleting?: number;
  claim?: string;
  name?: string;
  className?: string;
  hasStatus?: boolean;
  /** What its note of the demotion says, and how many minutes ago that was. */
  left?: readonly [FollowedState, number];
  /** Minutes since the driver told of no sync any more, although the other site had followed. */
  lost?: number;
  /** Minutes since the last backup that is on record. */
  backedUp?: number;
};

const lostFor = (minutes: number, observedGeneration: number) => ({
  type: followedCondition,
  status: 'False' as const,
  reason: lostReason,
  message: 'no sync is told any more',
  lastTransitionTime: ago(minutes),
  observedGeneration,
});

const statusOf = (sketch: VrSketch, generation: number): VolumeReplicationStatus => {
  const { state = 'Primary', sets = ['promoted', 'replicating'], changed = 60, synced, message } = sketch;
  const observed = 'observed' in sketch ? sketch.observed : generation;
  return {
    state,
    ...(message !== undefined && { message }),
    ...(observed !== undefined && { observedGeneration: observed }),
    ...(synced !== undefined && { lastSyncTime: ago(synced) }),
    conditions: sets
      .flatMap((set): ConditionSet => conditionSets[set])
      .map((entry) => ({
        ...entry,
        lastTransitionTime: ago(changed),
        ...(observed !== undefined && { observedGeneration: observed }),
      }))
      .concat(sketch.lost === undefined ? [] : [lostFor(sketch.lost, observed ?? generation)]),
  };
};

export const vr = (sketch: VrSketch = {}): VolumeReplication => {
  const {
    wants = 'primary',
    generation = 1,
    asked = 60,
    claim = 'db',
    deleting,
    hasStatus = true,
    left,
    backedUp,
  } = sketch;
  return {
    metadata: {
      namespace: 'shop',
      name: sketch.name ?? `${claim}-vr`,
      uid: `${sketch.name ?? claim}-uid`,
      generation,
      creationTimestamp: ago(Math.max(asked, 90)),
      managedFields: [
        { manager: 'kubectl', time: ago(asked) },
        { manager: 'controller', subresource: 'status', time: ago(0) },
      ],
      ...(deleting !== undefined && { deletionTimestamp: ago(deleting) }),
      annotations: {
        ...(left && {
          [demotionAnnotation]: demotionText({ followed: left[0], at: Date.parse(ago(left[1])) }, generation),
        }),
        ...(backedUp !== undefined && {
          [lastBackupAnnotation]: backupRecordText({
            at: Date.parse(ago(backedUp)),
            digest: `sha256:${'0'.repeat(64)}`,
          }),
        }),
      },
    },
    spec: {
      volumeReplicationClass: sketch.className ?? 'every-5m',
      replicationState: wants,
      dataSource: { kind: 'PersistentVolumeClaim', name: claim },
      autoResync: sketch.autoResync ?? false,
    },
    ...(hasStatus && { status: statusOf(sketch, generation) }),
  };
};

export const vrc = (name: string, parameters: Record<string, string>): VolumeReplicationClass => ({
  metadata: { name },
  spec: { provisioner: 'rbd.csi.ceph.com', parameters },
});

export const pvc = (name: string, volumeName = `pv-${name}`): PersistentVolumeClaim => ({
  metadata: { namespace: 'shop', name },
  spec: { volumeName, storageClassName: 'csi-rbd-sc' },
  status: { phase: 'Bound' },
});

export const pv = (name: string, volumeHandle = `handle-${name}`): PersistentVolume => ({
  metadata: { name },
  spec: { csi: { driver: 'rbd.csi.ceph.com', volumeHandle } },
});

/** The uuid of an image, of one letter. */
export const uuid = (letter: string): string => `${letter.repeat(8)}-0000-4000-8000-${letter.repeat(12)}`;

/** The handle of an image as ceph-csi writes it. */
export const image = (letter: string, poolId = '0000000000000002'): string =>
  `0001-0009-rook-ceph-${poolId}-${uuid(letter)}`;

/** A group with its claims. */
export const vgr = (claims: string[], sketch: VrSketch = {}): VolumeGroupReplication => {
  const { metadata, spec, status } = vr({ name: 'all', ...sketch });
  return {
    metadata,
    spec: {
      volumeGroupReplicationClassName: 'group',
      source: { selector: { matchLabels: { app: 'db' } } },
      volumeReplicationClassName: spec.volumeReplicationClass,
      replicationState: spec.replicationState,
    },
    status: { ...status, persistentVolumeClaimsRefList: claims.map((name) => ({ name })) },
  };
};

/** A site that was read. Claims `db` and `web` with their volumes are on every site unless said otherwise. */
export const site = (name: string, objects: Partial<SiteObjects> = {}): SiteSnapshot => ({
  site: { name, context: name, kubectl: `kubectl --context ${name}` },
  objects: known({
    replications: [],
    groups: [],
    classes: known([
      vrc('every-5m', { schedulingInterval: '5m' }),
      vrc('no-schedule', {}),
      vrc('journal', { mirroringMode: 'journal' }),
    ]),
    claims: known([pvc('db'), pvc('web')]),
    volumes: known([pv('pv-db'), pv('pv-web')]),
    operations: known([]),
    ...objects,
  }),
});

/** A site that could not be read. */
export const darkSite = (name: string, why = 'connection refused by 10.0.0.1:6443'): SiteSnapshot => ({
  site: { name, context: name, kubectl: `kubectl --context ${name}` },
  objects: unknown(why),
});

export const forbidden: Reading<never> = unknown('persistentvolumes of east cannot be read: forbidden');
