import type { PersistentVolume } from '../../model/persistent-volume.ts';
import { policyOf } from '../../protection/fate-of-volume.ts';
import type { VolumeFacts } from '../protection-facts.ts';
import type { Member } from '../replication-facts.ts';
import { cannotTell } from './cannot-tell.ts';
import { deleteReplication, kubectl, nameReplication, setRetain, shellWord } from './commands.ts';
import { cannotTellOfMember, eachMember, type MemberObjection } from './each-member.ts';
import { futureVolumeOf } from './future-volume.ts';
import type { GuardRule, Objection } from './objection.ts';
import { judgedReplication, takesUpVolume } from './replication-intent.ts';

const risk = 'whoever deletes the claim deletes the data with it';
const riskInDoubt = `if it is not Retain, ${risk}`;

const objectToVolume = (volume: PersistentVolume, claim: string): MemberObjection | undefined => {
  const policy = policyOf(volume);
  if (policy === 'Retain') return undefined;
  const name = volume.metadata.name ?? '';
  return {
    cause: 'policy of PV',
    about: name,
    fact: `PV ${name} of ${claim} has reclaim policy ${policy}, not Retain`,
    risk,
    next: (volumes, hidden) =>
      `Set it: ${setRetain(volumes)}${hidden === 0 ? '' : ' (and so for the others)'}`,
  };
};

const objectToFutureVolume = (
  member: Member,
  claim: { readonly namespace: string; readonly about: string },
): MemberObjection | undefined => {
  const { about, namespace } = claim;
  const storageClass = futureVolumeOf(member);
  if (!storageClass.known) {
    const what = `which reclaim policy the PV of ${about} will have`;
    return cannotTellOfMember(what, storageClass.why, { about, risk: riskInDoubt });
  }
  // As kube-apiserver defaults it for a StorageClass that says nothing.
  const policy = storageClass.value?.reclaimPolicy ?? 'Delete';
  if (storageClass.value === undefined || policy === 'Retain') return undefined;
  const name = storageClass.value.metadata.name ?? '';
  const look = kubectl({ namespace }, `get pvc ${shellWord(member.claimName)}`);
  return {
    cause: `policy of class ${name}`,
    about,
    fact: `${about} is not bound yet, and StorageClass ${name} makes PVs with reclaim policy ${policy}`,
    risk,
    next: `Use a StorageClass with reclaimPolicy Retain (kubectl get storageclass), or have the claim bound first and set Retain on its PV: ${look}`,
  };
};

const objectTo =
  (namespace: string) =>
  (member: Member): MemberObjection | undefined => {
    const { claimName, volume } = member;
    const about = `claim ${namespace}/${claimName}`;
    if (!volume.known) {
      const what = `which reclaim policy the PV of ${about} has`;
      return cannotTellOfMember(what, volume.why, { about, risk: riskInDoubt });
    }
    return volume.value === undefined
      ? objectToFutureVolume(member, { namespace, about })
      : objectToVolume(volume.value, about);
  };

const objectToPolicyChange = ({ name, before, after, protectedBy }: VolumeFacts): readonly Objection[] => {
  if (
    before === undefined ||
    after === undefined ||
    policyOf(after) === 'Retain' ||
    policyOf(after) === policyOf(before)
  )
    return [];
  const change = `its reclaim policy would change from ${policyOf(before)} to ${policyOf(after)}`;
  if (!protectedBy.known)
    return [cannotTell(`whether PV ${name} is protected; ${change}`, protectedBy.why, `if it is, ${risk}`)];
  const [protector] = protectedBy.value;
  if (protector === undefined) return [];
  return [
    {
      fact: `PV ${name} is protected by ${nameReplication(protector)}, and ${change}`,
      risk,
      next: `Leave it as it is; if protection shall end, end it first: ${deleteReplication(protector)}`,
    },
  ];
};

/**
 * DR104. A protected volume outlives its claim: its PV is retained when protection begins and for as long as it lasts. A
 * claim that is not bound yet is judged by its StorageClass.
 */
export const volumeGoesWithClaim: GuardRule = (facts) => {
  if (facts.subject === 'volume') return objectToPolicyChange(facts);
  const replication = judgedReplication(facts);
  if (replication === undefined || !takesUpVolume(replication.change)) return [];
  return eachMember(replication, objectTo(replication.change.namespace));
};
