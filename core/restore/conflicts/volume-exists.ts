import { keyOfClaim } from '../../protection/claims-of-volume.ts';
import { nameOf } from '../object-name.ts';
import type { VolumeRule } from './volume-rule.ts';

/** `--existing=fail`: nothing of a volume may be there yet. */
export const volumeExists: VolumeRule = ({ wanted: { volume, claim }, target, options }) => {
  if (options.existing !== 'fail') return undefined;
  const isVolumeThere = target.volume(volume.metadata.name ?? '') !== undefined;
  if (!isVolumeThere && target.claim(keyOfClaim(claim)) === undefined) return undefined;
  return {
    object: nameOf(isVolumeThere ? volume : claim),
    fact: `it exists on ${target.site.name}, and --existing=fail was given`,
    next: 'compare it with the source: leave out --existing, and what matches is taken as done',
  };
};
