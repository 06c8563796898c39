import { type BackupRecord, backupRecordOf } from '../backup/backup-record.ts';
import { type Demotion, demotionOf } from '../following/demotion.ts';
import { millisecondsOf } from '../model/api-time.ts';
import type { Condition, ManagedFieldsEntry, ObjectMeta } from '../model/kubernetes-object.ts';
import type { VolumeGroupReplication } from '../model/volume-group-replication.ts';
import {
  type ReplicationState,
  replicationNames,
  type VolumeReplication,
  type VolumeReplicationStatus,
} from '../model/volume-replication.ts';

/** The object that protects one claim on one site: a VolumeReplication, or the group that the claim is part of. */
export type Replication = {
  readonly kind: 'VolumeReplication' | 'VolumeGroupReplication';
  readonly namespace: string;
  readonly name: string;
  readonly className: string | undefined;
  readonly wants: ReplicationState;
  readonly autoResync: boolean;
  readonly generation: number;
  readonly status: VolumeReplicationStatus | undefined;
  /** Milliseconds since the epoch; undefined where the object does not tell. */
  readonly createdAt: number | undefined;
  /**
   * When its present state was asked for, at the latest: the time of whoever owns `spec.replicationState`, as the API server keeps it.
   * Later than it was where that manager has written something else since.
   */
  readonly askedAt: number | undefined;
  readonly deletingSince: number | undefined;
  /** It carries the finalizer of the controllers: one has acted on it, whatever its status says. */
  readonly isTakenUp: boolean;
  /** What it shows of its own last demotion. */
  readonly demotion: Demotion;
  /** The last backup of the volume that is on record there. */
  readonly backup: BackupRecord | undefined;
};

/** The latest of some times; undefined where there is none. */
export const newest = (times: readonly (number | undefined)[]): number | undefined =>
  times.reduce(
    (best, time) => (time !== undefined && (best === undefined || time > best) ? time : best),
    undefined,
  );

const ownsState = ({ fieldsV1 }: ManagedFieldsEntry): boolean => {
  const spec = fieldsV1?.['f:spec'];
  return typeof spec === 'object' && spec !== null && 'f:replicationState' in spec;
};

/** Those who own the state; where nobody is known to, anybody may have asked for it who wrote something but the status. */
const askersOf = (entries: readonly ManagedFieldsEntry[] = []): readonly ManagedFieldsEntry[] => {
  const writers = entries.filter(({ subresource }) => subresource === undefined);
  const owners = writers.filter(ownsState);
  return owners.length > 0 ? owners : writers;
};

/** Who asked for the present state and when, as far as the API server keeps it: all that is needed of managed fields. */
export const askingFields = ({ managedFields }: ObjectMeta): ManagedFieldsEntry[] =>
  askersOf(managedFields).map(({ time }) => ({
    ...(time === undefined ? {} : { time }),
    fieldsV1: { 'f:spec': { 'f:replicationState': {} } },
  }));

/** The field manager that asked for the present state last: `kubectl-patch`, `kustomize-controller`; undefined where nothing tells. */
export const whoAsked = ({ managedFields }: ObjectMeta): string | undefined =>
  askersOf(managedFields)
    .filter(ownsState)
    .toSorted((a, b) => (millisecondsOf(b.time) ?? 0) - (millisecondsOf(a.time) ?? 0))[0]?.manager;

/** Managed fields can be cleared. Then a first version tells by its creation, and a later one does not tell. */
const askedAtOf = (metadata: ObjectMeta): number | undefined => {
  const asked = newest(askersOf(metadata.managedFields).map(({ time }) => millisecondsOf(time)));
  return asked ?? ((metadata.generation ?? 1) <= 1 ? millisecondsOf(metadata.creationTimestamp) : undefined);
};

const fromObject = (object: VolumeReplication | VolumeGroupReplication) => {
  const { metadata, spec, status } = object;
  const askedAt = askedAtOf(metadata);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    wants: spec.replicationState,
    autoResync: spec.autoResync ?? false,
    generation: metadata.generation ?? 0,
    status,
    createdAt: millisecondsOf(metadata.creationTimestamp),
    askedAt,
    deletingSince: millisecondsOf(metadata.deletionTimestamp),
    isTakenUp: [replicationNames.finalizer, replicationNames.groupFinalizer].some((name) =>
      metadata.finalizers?.includes(name),
    ),
    demotion: demotionOf(object, askedAt),
    backup: backupRecordOf(object),
  };
};

/** What status needs of a VolumeReplication. */
export const replicationOfVolume = (vr: VolumeReplication): Replication => ({
  kind: 'VolumeReplication',
  className: vr.spec.volumeReplicationClass,
  ...fromObject(vr),
});

/** What status needs of a VolumeGroupReplication; all its claims share it. */
export const replicationOfGroup = (vgr: VolumeGroupReplication): Replication => ({
  kind: 'VolumeGroupReplication',
  className: vgr.spec.volumeReplicationClassName,
  ...fromObject(vgr),
});

/** Whether the status tells about the spec as it stands now. A status without a generation tells nothing. */
export const isStatusCurrent = ({ generation, status }: Replication): boolean =>
  status?.observedGeneration !== undefined && status.observedGeneration >= generation;

/**
 * A condition, if it tells about the spec as it stands now. Each set of conditions that the controller writes leaves
 * the others as they were, so a condition of an older generation means nothing.
 */
export const currentCondition = (replication: Replication, type: string): Condition | undefined => {
  const condition = replication.status?.conditions?.find((candidate) => candidate.type === type);
  if (condition === undefined || !isStatusCurrent(replication)) return undefined;
  const observed = condition.observedGeneration ?? replication.status?.observedGeneration ?? 0;
  return observed >= replication.generation ? condition : undefined;
};

/** When the state that the conditions show began; undefined where they do not tell. */
export const conditionsChangedAt = (replication: Replication): number | undefined =>
  newest(
    ['Completed', 'Degraded'].map((type) =>
      millisecondsOf(currentCondition(replication, type)?.lastTransitionTime),
    ),
  );
