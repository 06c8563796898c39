import { volumeIdentityKey, volumeIdentityOf } from '../../model/persistent-volume.ts';
import { shellWord } from '../../rules/guard/commands.ts';
import { nameOf } from '../object-name.ts';
import type { VolumeRule } from './volume-rule.ts';

/** Two PVs of one volume: two claims could write to the same bytes. */
export const volumeUnderAnotherName: VolumeRule = ({ wanted, target }) => {
  const { name = '' } = wanted.volume.metadata;
  const identity = volumeIdentityOf(wanted.volume);
  if (identity === undefined) return undefined;
  const other = target.volumesOf(volumeIdentityKey(identity)).find(({ metadata }) => metadata.name !== name);
  if (other === undefined) return undefined;
  const otherName = other.metadata.name ?? '';
  return {
    object: nameOf(wanted.volume),
    fact: `${target.site.name} has volume ${identity.volumeHandle} as PV ${otherName} already`,
    next: `${target.site.kubectl} get pv ${shellWord(otherName)} -o yaml, and delete that PV only if nothing uses it and its policy is Retain`,
  };
};
