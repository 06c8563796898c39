import { consentAnnotation } from '../core/consent.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../core/model/persistent-volume.ts';
import {
  replicationNames,
  type VolumeReplication,
  type VolumeReplicationClass,
} from '../core/model/volume-replication.ts';
import type { Change } from '../kube/object-cache.ts';

// Which changes ask for a look at the VolumeReplications they concern. Most do not: above all not our own writes.

/** Somebody took away what was seen: until a controller looks again, nobody knows what the volume is. */
const losesStatus = ({ object, before }: Extract<Change<VolumeReplication>, { type: 'updated' }>): boolean =>
  Boolean(before.status?.state) && !object.status?.state;

/** Our own status writes are none, nor is a consent that is taken away: nothing can be done then that could not before. */
export const concernsReplication = (change: Change<VolumeReplication>): boolean => {
  if (change.type !== 'updated') return true;
  const { object, before } = change;
  const consent = object.metadata.annotations?.[consentAnnotation];
  return (
    object.metadata.uid !== before.metadata.uid ||
    object.metadata.generation !== before.metadata.generation ||
    object.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    losesStatus(change) ||
    (consent !== undefined && consent !== before.metadata.annotations?.[consentAnnotation])
  );
};

/** It no longer is, or wants to be, primary: another replication of the same volume may become it. */
export const freesVolume = (change: Change<VolumeReplication>): boolean => {
  if (change.type === 'added') return false;
  const holds = ({ spec, status }: VolumeReplication): boolean =>
    spec.replicationState === 'primary' || status?.state === 'Primary';
  return change.type === 'deleted' || (holds(change.before) && !holds(change.object));
};

const ownerOf = ({ metadata }: PersistentVolumeClaim): string | undefined =>
  metadata.annotations?.[replicationNames.pvcOwnerAnnotation];

/** A claim's owner appearing is our own doing; its going is not. */
export const concernsClaim = (change: Change<PersistentVolumeClaim>): boolean => {
  if (change.type !== 'updated') return true;
  const { object, before } = change;
  const ownerLeft = ownerOf(before) !== undefined && ownerOf(before) !== ownerOf(object);
  return (
    ownerLeft ||
    object.metadata.uid !== before.metadata.uid ||
    object.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    object.status?.phase !== before.status?.phase ||
    object.spec?.volumeName !== before.spec?.volumeName ||
    object.metadata.annotations?.[replicationNames.pvcGroupOwnerAnnotation] !==
      before.metadata.annotations?.[replicationNames.pvcGroupOwnerAnnotation]
  );
};

/** Its identity, its claim, or what becomes of it with its claim. */
export const concernsVolume = (change: Change<PersistentVolume>): boolean =>
  change.type !== 'updated' ||
  change.object.metadata.uid !== change.before.metadata.uid ||
  JSON.stringify(change.object.spec) !== JSON.stringify(change.before.spec);

export const concernsClass = (change: Change<VolumeReplicationClass>): boolean =>
  change.type !== 'updated' ||
  change.object.metadata.uid !== change.before.metadata.uid ||
  change.object.metadata.generation !== change.before.metadata.generation;
