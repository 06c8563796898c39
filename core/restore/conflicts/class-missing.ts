import { nameOf } from '../object-name.ts';
import { storageClassOf } from '../storage-class-of.ts';
import type { VolumeRule } from './volume-rule.ts';

/**
 * A volume binds without its class, but nothing can tell the target's secrets then, and it can be neither expanded nor restored again.
 * Classes that cannot be listed are not missing.
 */
export const classMissing: VolumeRule = ({ wanted: { claim }, target, newClasses }) => {
  const name = storageClassOf(claim);
  if (name === '' || newClasses.has(name)) return undefined;
  const there = target.object({ kind: 'StorageClass', namespace: undefined, name });
  if (!there.known || there.value !== undefined) return undefined;
  return {
    object: nameOf(claim),
    fact: `its StorageClass ${name} is neither on ${target.site.name} nor in the source`,
    next: `create the class there, add it to the source, or name another one with --map-storage-class ${name}=OTHER`,
  };
};
