import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeIdentityKey,
  volumeIdentityOf,
} from '../model/persistent-volume.ts';
import { cannotRead, cannotReadYet } from '../model/reading-of.ts';
import { type ClaimKey, claimKeyText } from './claims-of-volume.ts';
import type { SiteView } from './site-view.ts';

const volumeNamedBy = (
  view: SiteView,
  key: ClaimKey,
  { spec, status }: PersistentVolumeClaim,
): PersistentVolume | undefined => {
  const name = spec?.volumeName ?? '';
  const volume = view.volume(name);
  // Claims and PVs are followed separately: one may be a moment ahead.
  if (volume === undefined && status?.phase === 'Bound') {
    return cannotReadYet(`PV ${name} of claim ${claimKeyText(key)} is not in view`);
  }
  return volume;
};

/** A reservation holds for whoever has the claim's name; with a uid it holds for that claim alone. */
const volumeReservedFor = (
  view: SiteView,
  key: ClaimKey,
  claim: PersistentVolumeClaim | undefined,
): PersistentVolume | undefined => {
  const reserved = view
    .volumesReservedFor(key)
    .filter(({ spec }) => !spec?.claimRef?.uid || spec.claimRef.uid === claim?.metadata.uid);
  const identities = new Set(
    reserved.map((volume) => {
      const identity = volumeIdentityOf(volume);
      return identity === undefined ? volume.metadata.name : volumeIdentityKey(identity);
    }),
  );
  if (identities.size > 1) {
    const names = reserved.map(({ metadata }) => metadata.name).join(', ');
    return cannotRead(`several PVs are reserved for claim ${claimKeyText(key)}: ${names}`);
  }
  return reserved[0];
};

/** The PV that a claim has or will have; undefined while nothing says which. Within `readingOf`. */
export const findVolume = (
  view: SiteView,
  key: ClaimKey,
  claim: PersistentVolumeClaim | undefined,
): PersistentVolume | undefined =>
  claim?.spec?.volumeName ? volumeNamedBy(view, key, claim) : volumeReservedFor(view, key, claim);
