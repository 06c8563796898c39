import { recordedIdentity } from '../../model/handle-there.ts';
import { volumeIdentityOf } from '../../model/persistent-volume.ts';
import { compareVolumes } from '../../model/same-volume.ts';
import { nameOf } from '../object-name.ts';
import type { VolumeRule } from './volume-rule.ts';

/** Mirroring carries the name of an image over: a handle that names another image is a slip of the pen. */
export const handleOfAnotherImage: VolumeRule = ({ wanted }) => {
  const [identity, source] = [volumeIdentityOf(wanted.volume), recordedIdentity(wanted.volume)];
  if (identity === undefined || source === undefined) return undefined;
  if (compareVolumes(source, identity) !== 'other') return undefined;
  return {
    object: nameOf(wanted.volume),
    fact: `its handle on the target, ${identity.volumeHandle}, names another image than ${source.volumeHandle} of the source`,
    next: 'correct --map-volume-handle: only the ids of cluster and pool differ between two sites',
  };
};
