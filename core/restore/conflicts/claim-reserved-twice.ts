import { keyOfClaim } from '../../protection/claims-of-volume.ts';
import { shellWord } from '../../rules/guard/commands.ts';
import { nameOf } from '../object-name.ts';
import type { VolumeRule } from './volume-rule.ts';

/** Another PV of the target waits for the claim: which one it gets would be chance. A released one waits for nobody. */
export const claimReservedTwice: VolumeRule = ({ wanted, target }) => {
  const key = keyOfClaim(wanted.claim);
  const there = target.claim(key);
  const other = target
    .volumesReservedFor(key)
    .filter(({ metadata }) => metadata.name !== wanted.volume.metadata.name)
    .find(({ spec }) => !spec?.claimRef?.uid || spec.claimRef.uid === there?.metadata.uid);
  if (other === undefined) return undefined;
  const otherName = other.metadata.name ?? '';
  return {
    object: nameOf(wanted.claim),
    fact: `PV ${otherName} of ${target.site.name} is reserved for it, too`,
    next: `${target.site.kubectl} get pv ${shellWord(otherName)} -o yaml, and find out which PV holds the data`,
  };
};
