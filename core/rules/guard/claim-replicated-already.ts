import type { Member, ReplicationChange, ReplicationHere } from '../replication-facts.ts';
import { kubectl, nameReplication, typeAndName } from './commands.ts';
import { andSoForEach, cannotTellOfMember, eachMember, type MemberObjection } from './each-member.ts';
import { listNames } from './list-names.ts';
import type { GuardRule } from './objection.ts';
import { judgedReplication, takesUpVolume } from './replication-intent.ts';

const riskFor = (shared: 'claim' | 'volume'): string =>
  `two replications of one ${shared} undo what the other did, and deleting either can end the mirroring for both`;

const useFirst = (first: ReplicationHere): MemberObjection['next'] =>
  andSoForEach(`Use the one that is there: ${kubectl(first, `get ${typeAndName(first)} -o yaml`)}`);

const objectToRivals = (about: string, { rivals }: Member): MemberObjection | undefined => {
  const risk = riskFor('claim');
  if (!rivals.known) {
    return cannotTellOfMember(`whether ${about} is replicated already`, rivals.why, {
      about,
      risk: `if it is, ${risk}`,
    });
  }
  const [first] = rivals.value;
  if (first === undefined) return undefined;
  const names = listNames(rivals.value.map(nameReplication));
  return {
    cause: 'rival',
    about,
    fact: `${about} is replicated already, by ${names}`,
    risk,
    next: useFirst(first),
  };
};

/** Through another claim, whatever it is or wants: a new replica demotes the volume under one that is primary. */
const objectToSharers = (about: string, { sameVolume }: Member): MemberObjection | undefined => {
  const risk = riskFor('volume');
  if (!sameVolume.known) {
    return cannotTellOfMember(`whether the volume of ${about} is replicated already`, sameVolume.why, {
      about,
      risk: `if it is, ${risk}`,
    });
  }
  const [first] = sameVolume.value;
  if (first === undefined) return undefined;
  const names = listNames(
    sameVolume.value.map((it) => `${nameReplication(it)} through claim ${it.namespace}/${it.claimName}`),
  );
  const fact = `the volume of ${about} is replicated already, by ${names}`;
  return { cause: 'same volume', about, fact, risk, next: useFirst(first) };
};

const objectTo =
  ({ namespace, operation }: ReplicationChange) =>
  (member: Member): MemberObjection | undefined => {
    const about = `claim ${namespace}/${member.claimName}`;
    const rival = objectToRivals(about, member);
    // One that is there already must be able to become primary when it has to: DR101 judges that.
    return rival === undefined && operation === 'CREATE' ? objectToSharers(about, member) : rival;
  };

/**
 * DR105. One claim, one replication: no second VolumeReplication or VolumeGroupReplication takes it in, nor does a new one take its
 * volume in through another claim.
 */
export const claimReplicatedAlready: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  if (replication === undefined || !takesUpVolume(replication.change)) return [];
  return eachMember(replication, objectTo(replication.change));
};
