import type { Reading } from '../../model/reading.ts';
import { oneLine } from '../one-line.ts';
import type { Member, ReplicationChange } from '../replication-facts.ts';
import { kubectl, shellWord } from './commands.ts';
import { cannotTellOfMember, eachMember, type MemberObjection } from './each-member.ts';
import { listNames } from './list-names.ts';
import type { GuardRule } from './objection.ts';
import { judgedReplication, takesUpVolume } from './replication-intent.ts';

const whereElse = (elsewhere: Reading<readonly string[]>): string => {
  if (!elsewhere.known)
    return `, and whether another namespace has one is unknown (${oneLine(elsewhere.why)})`;
  if (elsewhere.value.length === 0) return ', nor does another namespace have one of that name';
  const [word, namespaces] = [elsewhere.value.length === 1 ? 'namespace' : 'namespaces', elsewhere.value];
  return `; one of that name is in ${word} ${listNames(namespaces)}`;
};

const nextStep = (
  { kind, namespace }: ReplicationChange,
  claimName: string,
  elsewhere: Reading<readonly string[]>,
): string => {
  const [only, ...more] = elsewhere.known ? elsewhere.value : [];
  return only !== undefined && more.length === 0
    ? `Create the ${kind} in namespace ${only}, if that claim is meant: ${kubectl({ namespace: only }, `get pvc ${shellWord(claimName)}`)}`
    : `Create or restore the claim first; those that are there: ${kubectl({ namespace }, 'get pvc')}`;
};

const objectTo =
  (change: ReplicationChange) =>
  ({ claimName, claim, elsewhere }: Member): MemberObjection | undefined => {
    const about = `claim ${change.namespace}/${claimName}`;
    const risk = `a ${change.kind} finds claims in its own namespace only, so it would protect nothing`;
    if (!claim.known)
      return cannotTellOfMember(`whether ${about} exists`, claim.why, {
        about,
        risk: 'if it does not, nothing would be protected',
      });
    if (claim.value !== undefined) return undefined;
    return {
      cause: 'missing',
      about,
      fact: `${about} does not exist${whereElse(elsewhere)}`,
      risk,
      next: nextStep(change, claimName, elsewhere),
    };
  };

/** DR103. The claim has to be in the namespace of what replicates it. A group that finds no claim yet is well: claims may come. */
export const claimNotInNamespace: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  if (replication === undefined || !takesUpVolume(replication.change)) return [];
  return eachMember(replication, objectTo(replication.change));
};
