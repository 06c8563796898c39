import { volumeIdentityKey, volumeIdentityOf, volumeIdentityText } from '../../model/persistent-volume.ts';
import { shellWord } from '../../rules/guard/commands.ts';
import { nameOf } from '../object-name.ts';
import type { VolumeRule } from './volume-rule.ts';

/** A PV's source cannot be changed once it is there. */
export const nameOfAnotherVolume: VolumeRule = ({ wanted, target }) => {
  const { name = '' } = wanted.volume.metadata;
  const there = target.volume(name);
  const identity = volumeIdentityOf(wanted.volume);
  if (there === undefined || identity === undefined) return undefined;
  const other = volumeIdentityOf(there);
  if (other !== undefined && volumeIdentityKey(other) === volumeIdentityKey(identity)) return undefined;
  const shown = other === undefined ? 'a volume without a CSI source' : `volume ${volumeIdentityText(other)}`;
  return {
    object: nameOf(wanted.volume),
    fact: `${target.site.name} has a PV of this name for ${shown}, and the source's is ${volumeIdentityText(identity)}`,
    next: `${target.site.kubectl} get pv ${shellWord(name)} -o yaml, and find out whose volume it is`,
  };
};
