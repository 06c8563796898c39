import type { SeenVolume } from '../model/same-volume.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import { seenVolume } from '../step/seen-volume.ts';
import type { Brought, VolumeNow } from './move.ts';

/** The volume that is to be on the target: as the source shows it, else as what is brought speaks of it. */
export const wantedVolume = (
  { volume, source }: Pick<VolumeNow, 'volume' | 'source'>,
  { identities }: Pick<Brought, 'identities'>,
): SeenVolume | undefined =>
  (source.known ? seenVolume(source.value) : undefined) ?? identities.get(claimKeyText(volume.source));
