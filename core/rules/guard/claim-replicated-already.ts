import type { Member } from '../replication-facts.ts';
import { kubectl, nameReplication, typeAndName } from './commands.ts';
import { andSoForEach, cannotTellOfMember, eachMember, type MemberObjection } from './each-member.ts';
import { listNames } from './list-names.ts';
import type { GuardRule } from './objection.ts';
import { judgedReplication, takesUpVolume } from './replication-intent.ts';

const risk =
  'two replications of one claim undo what the other did, and deleting either can end the mirroring for both';

const objectTo =
  (namespace: string) =>
  ({ claimName, rivals }: Member): MemberObjection | undefined => {
    const about = `claim ${namespace}/${claimName}`;
    if (!rivals.known) {
      return cannotTellOfMember(`whether ${about} is replicated already`, rivals.why, {
        about,
        risk: `if it is, ${risk}`,
      });
    }
    const [first] = rivals.value;
    if (first === undefined) return undefined;
    return {
      cause: 'rival',
      about,
      fact: `${about} is replicated already, by ${listNames(rivals.value.map(nameReplication))}`,
      risk,
      next: andSoForEach(`Use the one that is there: ${kubectl(first, `get ${typeAndName(first)} -o yaml`)}`),
    };
  };

/** DR105. One claim, one replication: no second VolumeReplication or VolumeGroupReplication takes it in. */
export const claimReplicatedAlready: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  if (replication === undefined || !takesUpVolume(replication.change)) return [];
  return eachMember(replication, objectTo(replication.change.namespace));
};
