import type { PersistentVolume } from '../../model/persistent-volume.ts';
import { claimKeyText, claimRefKey, keyOfClaim } from '../../protection/claims-of-volume.ts';
import { shellWord } from '../../rules/guard/commands.ts';
import { nameOf } from '../object-name.ts';
import type { VolumeFacts, VolumeRule } from './volume-rule.ts';

const whyNotFree = (
  there: PersistentVolume,
  { wanted: { claim }, target }: VolumeFacts,
): string | undefined => {
  if (there.metadata.deletionTimestamp !== undefined) return 'is being deleted';
  const phase = there.status?.phase ?? '';
  const holder = claimRefKey(there);
  const key = keyOfClaim(claim);
  if (holder !== undefined && claimKeyText(holder) !== claimKeyText(key))
    return `is ${phase === 'Bound' ? 'bound to' : 'reserved for'} claim ${claimKeyText(holder)}`;
  if (phase === 'Released') return `is Released: the claim ${claimKeyText(key)} that it was bound to is gone`;
  if (phase === 'Failed') return 'is Failed';
  const uid = there.spec?.claimRef?.uid;
  return uid && target.claim(key)?.metadata.uid !== uid
    ? `holds the claimRef of a claim ${claimKeyText(key)} that is not there`
    : undefined;
};

/** A PV that is there must be bound to the claim, reserved for it, or open. */
export const volumeNotFree: VolumeRule = (facts) => {
  const { wanted, target } = facts;
  const { name = '' } = wanted.volume.metadata;
  const there = target.volume(name);
  const why = there && whyNotFree(there, facts);
  if (why === undefined) return undefined;
  const { namespace, name: claimName } = keyOfClaim(wanted.claim);
  const reservation = JSON.stringify({
    spec: { claimRef: { namespace, name: claimName, uid: null, resourceVersion: null } },
  });
  const { kubectl } = target.site;
  const isReleased = why.startsWith('is Released') || why.startsWith('holds');
  return {
    object: nameOf(wanted.volume),
    fact: `it ${why} on ${target.site.name}`,
    next: isReleased
      ? `if nothing else is to have it: ${kubectl} patch pv ${shellWord(name)} --type=merge -p ${shellWord(reservation)}`
      : `${kubectl} get pv ${shellWord(name)} -o yaml`,
  };
};
