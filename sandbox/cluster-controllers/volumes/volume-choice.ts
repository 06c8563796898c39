import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { bytesOf } from '../../../core/model/quantity.ts';
import { type LabelSelector, selectorMatches } from '../workloads/label-selector.ts';
import { isVolumeOfClaim, storageClassNameOf } from './storage-objects.ts';

const sizeOf = (volume: PersistentVolume): number => bytesOf(volume.spec?.capacity?.storage) ?? 0;
const requestOf = (claim: PersistentVolumeClaim): number =>
  bytesOf(claim.spec?.resources?.requests?.storage) ?? 0;
const modeOf = (object: PersistentVolume | PersistentVolumeClaim): string =>
  object.spec?.volumeMode ?? 'Filesystem';
const hasAccessModes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode));

/** Why the volume that a claim names cannot serve it, in the words of Kubernetes' binder; undefined where it can. */
export const findMismatch = (volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined => {
  if (sizeOf(volume) < requestOf(claim)) return 'requested PV is too small';
  if (storageClassNameOf(volume) !== storageClassNameOf(claim)) return 'storageClassName does not match';
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode';
  if (!hasAccessModes(volume, claim)) return 'incompatible accessMode';
  return undefined;
};

const isLargeEnough = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  sizeOf(volume) >= requestOf(claim) && modeOf(volume) === modeOf(claim);

const isOpenFor = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  volume.spec?.claimRef === undefined &&
  volume.status?.phase === 'Available' &&
  storageClassNameOf(volume) === storageClassNameOf(claim) &&
  hasAccessModes(volume, claim) &&
  (claim.spec?.selector === undefined ||
    selectorMatches(claim.spec.selector as LabelSelector, volume.metadata.labels));

/** Fewest access modes first, then the smallest, then by name, so that the answer never depends on the order of a list. */
const compareFit = (left: PersistentVolume, right: PersistentVolume): number =>
  (left.spec?.accessModes?.length ?? 0) - (right.spec?.accessModes?.length ?? 0) ||
  sizeOf(left) - sizeOf(right) ||
  (left.metadata.name ?? '').localeCompare(right.metadata.name ?? '');

/**
 * The volume that a claim without `volumeName` gets: one reserved for it, else the smallest open one that fits.
 * `onlyReserved` is for claims that wait for a consumer: the scheduler picks their open volume.
 */
export const chooseVolume = (
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  onlyReserved = false,
): PersistentVolume | undefined => {
  const usable = volumes.filter(
    (volume) => volume.metadata.deletionTimestamp === undefined && isLargeEnough(volume, claim),
  );
  const reserved = usable.find((volume) => isVolumeOfClaim(volume, claim));
  if (reserved !== undefined || onlyReserved) return reserved;
  return usable.filter((volume) => isOpenFor(volume, claim)).sort(compareFit)[0];
};
