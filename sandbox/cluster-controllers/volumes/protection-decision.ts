import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import { type Decision, only, settled, withFinalizer, withoutFinalizer } from '../runtime/decision.ts';
import { volumeNames } from './storage-objects.ts';

/** A claim keeps its protection until nobody uses it. Pods count once they have a node, finished or not. */
export const decideClaimProtection = (claim: PersistentVolumeClaim, scheduledPods: number): Decision => {
  const claims = resources.persistentVolumeClaims;
  const isProtected = claim.metadata.finalizers?.includes(volumeNames.claimProtection) === true;
  if (claim.metadata.deletionTimestamp === undefined) {
    return isProtected ? settled : only(withFinalizer(claims, claim, volumeNames.claimProtection));
  }
  if (!isProtected || scheduledPods > 0) return settled;
  return only(withoutFinalizer(claims, claim, volumeNames.claimProtection));
};

/** A volume keeps its protection while it is bound. */
export const decideVolumeProtection = (volume: PersistentVolume): Decision => {
  const volumes = resources.persistentVolumes;
  const isProtected = volume.metadata.finalizers?.includes(volumeNames.volumeProtection) === true;
  if (volume.metadata.deletionTimestamp === undefined) {
    return isProtected ? settled : only(withFinalizer(volumes, volume, volumeNames.volumeProtection));
  }
  if (!isProtected || volume.status?.phase === 'Bound') return settled;
  return only(withoutFinalizer(volumes, volume, volumeNames.volumeProtection));
};
