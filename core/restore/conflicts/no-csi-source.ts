import { nameOf } from '../object-name.ts';
import { byName } from './leave-out.ts';
import type { VolumeRule } from './volume-rule.ts';

/** Only a CSI volume has an identity that both sites share. */
export const noCsiSource: VolumeRule = ({ wanted: { volume, claim } }) => {
  const csi = volume.spec?.csi;
  if (csi?.driver && csi.volumeHandle) return undefined;
  return {
    object: nameOf(volume),
    fact: 'it has no CSI source with driver and volumeHandle, so nothing says which mirrored volume it is',
    next: `leave its claim ${claim.metadata.namespace}/${claim.metadata.name} out: name the others, or choose them by label`,
    flags: byName,
  };
};
