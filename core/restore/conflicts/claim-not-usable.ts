import type { PersistentVolumeClaim } from '../../model/persistent-volume.ts';
import { shellWord } from '../../rules/guard/commands.ts';
import { nameOf } from '../object-name.ts';
import type { VolumeRule } from './volume-rule.ts';

const whyNotUsable = (there: PersistentVolumeClaim, volumeName: string): string | undefined => {
  if (there.metadata.deletionTimestamp !== undefined) return 'is being deleted';
  if (there.status?.phase === 'Lost') return 'is Lost: the volume that it was bound to is gone';
  const named = there.spec?.volumeName;
  if (named === volumeName) return undefined;
  if (!named) return 'waits for a new volume, which would be empty';
  return there.status?.phase === 'Bound' ? `is bound to PV ${named}` : `waits for PV ${named}`;
};

/** A claim that is there must be bound to the volume, or wait for it. */
export const claimNotUsable: VolumeRule = ({ wanted, target }) => {
  const { namespace = '', name = '' } = wanted.claim.metadata;
  const there = target.claim({ namespace, name });
  const volumeName = wanted.volume.metadata.name ?? '';
  const why = there && whyNotUsable(there, volumeName);
  if (why === undefined) return undefined;
  return {
    object: nameOf(wanted.claim),
    fact: `it ${why} on ${target.site.name}, and is to be bound to PV ${volumeName}`,
    next: `${target.site.kubectl} -n ${shellWord(namespace)} describe pvc ${shellWord(name)}; delete the claim only if nothing needs its data`,
    flags: { words: `--map-namespace ${shellWord(namespace)}=OTHER`, servesMove: false },
  };
};
