import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { claimKeyText, keyOfClaim } from '../protection/claims-of-volume.ts';
import type { Target } from './target.ts';
import type { WantedVolume } from './wanted.ts';

/** The target as it was, with one volume as it is now: somebody else wrote meanwhile. */
export const lookAgain = (
  target: Target,
  wanted: WantedVolume,
  now: { readonly volume: PersistentVolume | undefined; readonly claim: PersistentVolumeClaim | undefined },
): Target => {
  const name = wanted.volume.metadata.name ?? '';
  const key = claimKeyText(keyOfClaim(wanted.claim));
  return {
    ...target,
    volume: (asked) => (asked === name ? now.volume : target.volume(asked)),
    claim: (asked) => (claimKeyText(asked) === key ? now.claim : target.claim(asked)),
  };
};
