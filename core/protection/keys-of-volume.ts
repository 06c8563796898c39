import { type PersistentVolume, volumeIdentityKey, volumeIdentityOf } from '../model/persistent-volume.ts';
import { claimKeyText, claimRefKey } from './claims-of-volume.ts';

/** What a PV is found by: its identity, as `volumeIdentityKey` writes it. */
export const identityKeyOf = (volume: PersistentVolume): string | undefined => {
  const identity = volumeIdentityOf(volume);
  return identity && volumeIdentityKey(identity);
};

/** What a PV is found by: the claim that it is bound to or reserved for, as `namespace/name`. */
export const reservedKeyOf = (volume: PersistentVolume): string | undefined => {
  const key = claimRefKey(volume);
  return key && claimKeyText(key);
};
