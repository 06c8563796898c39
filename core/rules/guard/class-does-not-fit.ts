import type { PersistentVolume } from '../../model/persistent-volume.ts';
import type { ClassHere, Member, ReplicationFacts } from '../replication-facts.ts';
import { cannotTell } from './cannot-tell.ts';
import { nameReplication } from './commands.ts';
import { cannotTellOfMember, eachMember, type MemberObjection } from './each-member.ts';
import { futureVolumeOf } from './future-volume.ts';
import type { GuardRule, Objection } from './objection.ts';
import { judgedReplication, takesUpVolume } from './replication-intent.ts';

const risk = 'a driver that does not have the volume cannot mirror it, so nothing would be protected';
const riskInDoubt = `if it is not the class's, nothing would be protected`;

const shortKinds = { VolumeReplicationClass: 'vrc', VolumeGroupReplicationClass: 'vgrc' } as const;

const listClasses = ({ kind }: ClassHere): string => `kubectl get ${shortKinds[kind]}`;

const objectToMissing = (replicationClass: ClassHere): readonly Objection[] =>
  replicationClass.provisioner === undefined
    ? [
        {
          fact: `${replicationClass.kind} ${replicationClass.name} does not exist`,
          risk: 'no driver would be asked, and nothing would be protected',
          next: `Name one that does, or create it: ${listClasses(replicationClass)}`,
        },
      ]
    : [];

/** The driver of a volume that is there or to come, as words and by name; undefined where nothing can be said of it. */
type Owner = { readonly says: string; readonly driver: string };

const objectToDriver = (
  classes: readonly ClassHere[],
  { driver, says }: Owner,
  about: string,
): MemberObjection | undefined => {
  const stranger = classes.find(({ provisioner }) => provisioner !== undefined && provisioner !== driver);
  if (stranger === undefined) return undefined;
  return {
    cause: `driver of class ${stranger.kind}/${stranger.name}`,
    about,
    fact: `${stranger.kind} ${stranger.name} is for driver ${stranger.provisioner}, but ${says} ${driver}`,
    risk,
    next: `Use a class of that driver: ${listClasses(stranger)}`,
  };
};

const withoutCsi = (volume: PersistentVolume, about: string): MemberObjection => ({
  cause: 'no CSI source',
  about,
  fact: `PV ${volume.metadata.name} of ${about} has no CSI source`,
  risk: 'only a CSI driver can mirror a volume, so nothing would be protected',
  next: 'Move the data to a claim of a CSI StorageClass: kubectl get storageclass',
});

const objectToFutureDriver = (
  member: Member,
  classes: readonly ClassHere[],
  about: string,
): MemberObjection | undefined => {
  const storageClass = futureVolumeOf(member);
  if (!storageClass.known) {
    return cannotTellOfMember(`which driver the PV of ${about} will have`, storageClass.why, {
      about,
      risk: riskInDoubt,
    });
  }
  const { metadata, provisioner } = storageClass.value ?? {};
  if (provisioner === undefined) return undefined;
  const says = `StorageClass ${metadata?.name} of ${about}, which is not bound yet, is for`;
  return objectToDriver(classes, { driver: provisioner, says }, about);
};

const objectTo =
  (namespace: string, classes: readonly ClassHere[]) =>
  (member: Member): MemberObjection | undefined => {
    const { claimName, volume } = member;
    const about = `claim ${namespace}/${claimName}`;
    if (!volume.known)
      return cannotTellOfMember(`which driver ${about} has`, volume.why, { about, risk: riskInDoubt });
    if (volume.value === undefined) return objectToFutureDriver(member, classes, about);
    const driver = volume.value.spec?.csi?.driver;
    if (driver === undefined) return withoutCsi(volume.value, about);
    const says = `PV ${volume.value.metadata.name} of ${about} is of`;
    return objectToDriver(classes, { driver, says }, about);
  };

const objectToClasses = ({ change, classes }: ReplicationFacts): readonly Objection[] =>
  classes.known
    ? classes.value.flatMap(objectToMissing)
    : [
        cannotTell(
          `whether the class of ${nameReplication(change)} exists`,
          classes.why,
          'if it does not, nothing would be protected',
        ),
      ];

/** DR106. The class exists, and is of the driver that has the volume; a volume without a CSI driver cannot be mirrored. */
export const classDoesNotFit: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  if (replication === undefined || !takesUpVolume(replication.change)) return [];
  const { change, classes } = replication;
  const there = classes.known ? classes.value : [];
  return [...objectToClasses(replication), ...eachMember(replication, objectTo(change.namespace, there))];
};
