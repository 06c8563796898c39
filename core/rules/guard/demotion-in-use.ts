import type { Reading } from '../../model/reading.ts';
import type { Member, ReplicationChange } from '../replication-facts.ts';
import { kubectl, shellWord } from './commands.ts';
import { andSoForEach, cannotTellOfMember, eachMember, type MemberObjection } from './each-member.ts';
import { listNames } from './list-names.ts';
import type { GuardRule } from './objection.ts';
import { judgedReplication, leavesPrimary } from './replication-intent.ts';

const risk =
  'a demoted volume takes no writes: what runs on it fails, and what it has not written yet is lost';

const riskInDoubt = 'what runs on it would fail with the demotion, and what it has not written yet be lost';

const plural = (word: string, names: readonly string[]): string =>
  `${names.length === 1 ? word : `${word}s`} ${listNames(names, 3)}`;

const namesIn = (reading: Reading<readonly string[]>): readonly string[] =>
  reading.known ? reading.value : [];

const nameVolume = ({ volume }: Member): string =>
  volume.known && volume.value !== undefined ? `its PV ${volume.value.metadata.name}` : 'its PV';

const uses = (member: Member): readonly string[] => {
  const [pods, nodes] = [namesIn(member.pods), namesIn(member.attachedTo)];
  return [
    ...(pods.length === 0 ? [] : [`is used by ${plural('pod', pods)}`]),
    ...(nodes.length === 0 ? [] : [`has ${nameVolume(member)} attached to ${plural('node', nodes)}`]),
  ];
};

const nextStep = (namespace: string, pods: readonly string[]): string => {
  if (pods.length === 0) return 'Wait until no attachment names it: kubectl get volumeattachments';
  const names = pods.slice(0, 3).map((pod) => shellWord(`pod/${pod}`));
  const wait = kubectl({ namespace }, `wait --for=delete ${names.join(' ')} --timeout=5m`);
  return `Scale down what runs there, and wait until it is gone: ${wait}`;
};

const objectTo =
  ({ namespace }: ReplicationChange) =>
  (member: Member): MemberObjection | undefined => {
    const about = `claim ${namespace}/${member.claimName}`;
    const found = uses(member);
    if (found.length > 0) {
      const next = nextStep(namespace, namesIn(member.pods));
      return {
        cause: 'in use',
        about,
        fact: `${about} ${found.join(' and ')}`,
        risk,
        next: andSoForEach(next),
      };
    }
    if (!member.pods.known) {
      return cannotTellOfMember(`whether pods use ${about}`, member.pods.why, { about, risk: riskInDoubt });
    }
    if (member.attachedTo.known) return undefined;
    const what = `whether ${about} has ${nameVolume(member)} attached to a node`;
    return cannotTellOfMember(what, member.attachedTo.why, { about, risk: riskInDoubt });
  };

/** DR109. A primary is demoted only when nothing uses it: no pod that has not ended, no VolumeAttachment of its PV. */
export const demotionInUse: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  if (replication === undefined || !leavesPrimary(replication.change)) return [];
  return eachMember(replication, objectTo(replication.change));
};
