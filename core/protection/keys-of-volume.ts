import { recordedIdentity } from '../model/handle-there.ts';
import { type PersistentVolume, volumeIdentityKey, volumeIdentityOf } from '../model/persistent-volume.ts';
import { compareVolumes } from '../model/same-volume.ts';
import { claimKeyText, claimRefKey } from './claims-of-volume.ts';

/**
 * What a PV is found by: its identity, as `volumeIdentityKey` writes it, and the one that its volume has on the other site, where a restore
 * wrote that down. None for a PV without a CSI source.
 */
export const identityKeysOf = (volume: PersistentVolume): string[] => {
  const [own, recorded] = [volumeIdentityOf(volume), recordedIdentity(volume)];
  const isOther = own !== undefined && recorded !== undefined && compareVolumes(own, recorded) === 'other';
  const identities = isOther ? [own] : [own, recorded];
  return [...new Set(identities.flatMap((it) => (it === undefined ? [] : [volumeIdentityKey(it)])))];
};

/** What a PV is found by: the claim that it is bound to or reserved for, as `namespace/name`. */
export const reservedKeyOf = (volume: PersistentVolume): string | undefined => {
  const key = claimRefKey(volume);
  return key && claimKeyText(key);
};
