import { volumeIdentityOf } from '../model/persistent-volume.ts';
import type { SeenVolume } from '../model/same-volume.ts';
import { destinationTold, type StepFacts } from './step-facts.ts';

/** The volume that a claim has on the site of a step; undefined where it has none, or nobody knows which. */
export const seenVolume = ({
  volume,
  protectors,
}: Pick<StepFacts, 'volume' | 'protectors'>): SeenVolume | undefined => {
  const identity = volume.known && volume.value !== undefined ? volumeIdentityOf(volume.value) : undefined;
  return identity && { ...identity, destination: destinationTold({ volume, protectors }) };
};
