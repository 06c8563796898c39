import { keyOfClaim } from '../../protection/claims-of-volume.ts';
import { nameOf } from '../object-name.ts';
import { otherClass, storageClassOf } from '../storage-class-of.ts';
import { isBoundAlready } from './is-bound-already.ts';
import type { VolumeRule } from './volume-rule.ts';

/**
 * A volume binds without its class, but nothing can tell the target's secrets then, and it can be neither expanded nor restored again.
 * Classes that cannot be listed are not missing.
 */
export const classMissing: VolumeRule = (facts) => {
  const { wanted, target, newClasses } = facts;
  // Bound already, it may have been brought under another class.
  const there = isBoundAlready(facts) ? target.claim(keyOfClaim(wanted.claim)) : undefined;
  const name = storageClassOf(there ?? wanted.claim);
  if (name === '' || newClasses.has(name)) return undefined;
  const found = target.object({ kind: 'StorageClass', namespace: undefined, name });
  if (!found.known || found.value !== undefined) return undefined;
  return {
    object: nameOf(wanted.claim),
    fact: `its StorageClass ${name} is neither on ${target.site.name} nor in the source`,
    next: 'create the class there, or add it to the source',
    flags: otherClass(name),
  };
};
