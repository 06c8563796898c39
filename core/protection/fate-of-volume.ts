import type { PersistentVolume } from '../model/persistent-volume.ts';
import { claimKeyText, claimRefKey } from './claims-of-volume.ts';

/** The reclaim policy of a PV, as kube-apiserver defaults it for one that says nothing. */
export const policyOf = ({ spec }: PersistentVolume): string =>
  spec?.persistentVolumeReclaimPolicy ?? 'Retain';

/** Whether the volume outlives the PV and whatever claim has it. */
export const isKept = (volume: PersistentVolume): boolean => policyOf(volume) === 'Retain';

/** When a PV that does not keep its volume takes it away, as one clause: a provisioner acts on a released PV at any time. */
export const takenBy = (volume: PersistentVolume): string => {
  const claim = claimRefKey(volume);
  const phase = volume.status?.phase;
  if (volume.metadata.deletionTimestamp !== undefined)
    return 'it is being deleted, and its provisioner deletes the volume with it';
  if (phase === 'Released' || phase === 'Failed')
    return 'it is released, and its provisioner deletes the volume at any time';
  if (claim === undefined) return 'whichever claim takes it takes the volume along when it is deleted';
  return `the volume is deleted with claim ${claimKeyText(claim)}`;
};
