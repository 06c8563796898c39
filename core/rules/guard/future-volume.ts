import { known, type Reading } from '../../model/reading.ts';
import type { StorageClass } from '../../model/storage-class.ts';
import type { Member } from '../replication-facts.ts';

/** A class that makes no volumes says nothing about the hand-made PV that the claim will get. */
const noProvisioner = 'kubernetes.io/no-provisioner';

/**
 * The StorageClass that will make the volume of a claim that has none; undefined where the claim is missing, or no class will
 * make it: then nothing can be said, and the controller judges again once the claim is bound.
 */
export const futureVolumeOf = ({ claim, storageClass }: Member): Reading<StorageClass | undefined> => {
  const isMissing = claim.known && claim.value === undefined;
  const isHandMade = storageClass.known && storageClass.value?.provisioner === noProvisioner;
  return isMissing || isHandMade ? known(undefined) : storageClass;
};
