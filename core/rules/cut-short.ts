import type { ConsentAction } from '../consent.ts';
import type { Member, ReplicationFacts } from './replication-facts.ts';

/** What depends on the other site: the rest is about what is here alone. */
const ofPeer: readonly ConsentAction[] = ['force-promote', 'resync', 'lose-since-promote'];

const isPeerCutShort = ({ peer }: Member): boolean => peer.state === 'unknown' && peer.isCutShort === true;

const isPassing = (member: Member): boolean =>
  [member.claim, member.volume, member.pods, member.attachedTo, member.sameVolume, member.rivals].some(
    (reading) => !reading.known && reading.isPassing === true,
  );

/**
 * Whether the look that an action would be consented to by was cut short: a volume was bound meanwhile, or lists are not whole yet. In a moment
 * it shows more, perhaps the very primary that nobody would have accepted: so nobody is asked to accept it, and no consent holds for it.
 */
export const isCutShort = ({ members }: ReplicationFacts, action: ConsentAction): boolean => {
  if (!members.known) return members.isPassing === true;
  return members.value.some(
    (member) => isPassing(member) || (ofPeer.includes(action) && isPeerCutShort(member)),
  );
};
