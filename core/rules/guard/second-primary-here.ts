import type { PersistentVolume } from '../../model/persistent-volume.ts';
import { volumeIdentityOf, volumeIdentityText } from '../../model/persistent-volume.ts';
import type { Reading } from '../../model/reading.ts';
import { oneLine } from '../one-line.ts';
import type { Member, ReplicationHere } from '../replication-facts.ts';
import { askFor, kubectl, nameReplication, typeAndName, waitFor } from './commands.ts';
import { andSoForEach, cannotTellOfMember, eachMember, type MemberObjection } from './each-member.ts';
import type { GuardRule } from './objection.ts';
import { becomesPrimary, judgedReplication } from './replication-intent.ts';

const isOrWantsPrimary = ({ wants, state }: ReplicationHere): boolean =>
  wants === 'primary' || state === 'Primary';

const roleOf = ({ wants, state }: ReplicationHere): string => {
  if (wants !== 'primary') return 'is still primary';
  return state === 'Primary' ? 'is primary' : 'is to become primary';
};

const nameIdentity = (volume: Reading<PersistentVolume | undefined>): string => {
  const identity = volume.known && volume.value !== undefined ? volumeIdentityOf(volume.value) : undefined;
  return identity === undefined ? '' : ` (${oneLine(volumeIdentityText(identity))})`;
};

const nextStep = (other: ReplicationHere, isSameClaim: boolean): string => {
  if (other.wants !== 'primary') return `Wait until it has stepped down: ${waitFor('Secondary', other)}`;
  if (isSameClaim) return `Use the one that is there: ${kubectl(other, `get ${typeAndName(other)}`)}`;
  return `Keep that one, or demote it first: ${askFor(other, { replicationState: 'secondary' })}`;
};

const objectTo =
  (namespace: string) =>
  ({ claimName, volume, sameVolume }: Member): MemberObjection | undefined => {
    const about = `claim ${namespace}/${claimName}`;
    if (!sameVolume.known) {
      const what = `whether another replication here is primary for the volume of ${about}`;
      return cannotTellOfMember(what, sameVolume.why, {
        about,
        risk: 'if one is, two writers corrupt the volume',
      });
    }
    const other = sameVolume.value.find(isOrWantsPrimary);
    if (other === undefined) return undefined;
    const isSameClaim = other.namespace === namespace && other.claimName === claimName;
    const through = isSameClaim ? '' : `, through claim ${other.namespace}/${other.claimName}`;
    return {
      cause: 'primary here',
      about,
      fact: `${nameReplication(other)} ${roleOf(other)} for the volume of ${about}${through}${nameIdentity(volume)}`,
      risk: isSameClaim
        ? 'two replications that steer one volume undo what the other did'
        : 'two writers on one volume corrupt it',
      next: andSoForEach(nextStep(other, isSameClaim)),
    };
  };

/** DR101. One volume, one primary: nothing else on this cluster may be primary, or on its way, for the same identity. */
export const secondPrimaryHere: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  if (replication === undefined || !becomesPrimary(replication.change)) return [];
  return eachMember(replication, objectTo(replication.change.namespace));
};
