import type { GuardCode } from '../rule-code.ts';
import type { EntryTexts } from './entry.ts';

const status = 'kubectl dr status -n NAMESPACE PVC';
const retain = `kubectl patch pv PV -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`;
const demote = (where: string): string =>
  `kubectl ${where}-n NAMESPACE patch vr VR --type=merge -p '{"spec":{"replicationState":"secondary"}}'`;

/** What the guard rules refuse. */
export const guardEntries = {
  DR101: {
    title: 'a second primary of one volume on the same cluster',
    cause:
      'A VolumeReplication or VolumeGroupReplication asks to become primary, and another one on this cluster, in whatever namespace, asks for primary or still is, for a volume with the same driver and volume handle.',
    risk: 'Two applications write to the same volume through two claims and corrupt it.',
    remedy:
      'Keep the replication that is primary already, or demote it first and wait until its status says Secondary. The message names it.',
    commands: [demote(''), 'kubectl get vr -A'],
  },
  DR102: {
    title: 'a primary while the other site is, or may be, primary',
    cause:
      'A volume is to become primary here. On the other site a replication of the same volume (same driver and volume handle) asks for primary or is not known to have stepped down; or the other site could not be asked: unreachable, forbidden, without the CRDs. With --without-peer=refuse, also where no other site is configured.',
    risk: 'Both sites write, and one side loses its writes when they are joined again. The storage cannot tell: ceph-csi refuses a promote in the same words whether the peer is dead or healthy and primary, and a forced promote then makes a second primary that looks well.',
    remedy:
      'In a planned move demote on the other site, wait until both sites show it, then promote here. Only where the other site is lost: fence it or make sure that nothing runs there, look at how old the copy is, and accept the loss with a consent. A consent covers nothing worse than its giver saw: where the other site answers that it is primary, although its storage is lost, it says so itself (seen.peer: primary), and it takes kubectl dr promote --accept-second-primary=SITE, or the same flag of kubectl dr failover.',
    commands: [status, demote('--context PEER ')],
    consent: 'force-promote',
  },
  DR103: {
    title: "a claim that is not in the replication's namespace",
    cause:
      'The claim that a VolumeReplication names is not in the namespace of the VolumeReplication. The message names the namespaces that have a claim of this name. A group whose selector finds no claim yet is let in.',
    risk: 'Nothing is protected: the VolumeReplication exists, no volume is ever mirrored for it, and it is noticed on the day of the disaster.',
    remedy: 'Create the VolumeReplication in the namespace of the claim, or correct the name.',
    commands: ['kubectl get pvc -A', 'kubectl -n NAMESPACE apply -f FILE'],
  },
  DR104: {
    title: 'a protected volume that would be deleted with its claim',
    cause:
      'The volume that is to be protected has a reclaim policy other than Retain, or a protected volume is to be changed away from Retain. A claim that is not bound yet is judged by its StorageClass, where a missing policy means Delete; dr-controller judges again once it is bound.',
    risk: 'Whoever deletes the claim, as a move to the other site does, deletes the volume and its mirror with it: possibly the last copy.',
    remedy:
      'Set the policy of the volume to Retain. For claims to come, use a StorageClass with reclaimPolicy: Retain.',
    commands: [retain],
  },
  DR105: {
    title: 'a second replication of the same claim or volume',
    cause:
      'Another VolumeReplication or VolumeGroupReplication names this claim already, or takes it in by its selector; or a new one is for a volume (same driver and volume handle) that is replicated through another claim.',
    risk: 'The two ask for different states in turn: a replica demotes the volume under a primary. And deleting either of them ends the mirroring for both.',
    remedy:
      'Use the one that is there. To replace it, delete it first, which ends the protection until the new one is there. For a group, exclude the claim from the selector.',
    commands: ['kubectl -n NAMESPACE get vr,vgr'],
  },
  DR106: {
    title: "a class that is missing or is not for the volume's driver",
    cause:
      'The class that the replication names is not there; or its provisioner is not the CSI driver of the volume; or the volume has no CSI source. A claim that is not bound yet is judged by the provisioner of its StorageClass.',
    risk: 'The wrong driver is called, or none: the volume is not mirrored, whatever the object says.',
    remedy:
      "Name a class whose provisioner is the volume's driver. Classes do not travel with the volume: apply them on both sites.",
    commands: ['kubectl get vrc,vgrc', `kubectl get pv PV -o jsonpath='{.spec.csi.driver}'`],
  },
  DR107: {
    title: 'a class with parameters that cannot work',
    cause:
      'A class is created with a schedulingInterval that is not digits and m, h or d (90s and an empty text are refused), a schedulingStartTime that is not ISO 8601 or stands without an interval, a mirroringMode other than snapshot and journal, half a reference to a secret, or an unknown key with the prefix replication.storage.openshift.io/.',
    risk: 'The driver refuses each volume of the class later, some values only at the promote of a failover. Parameters cannot be changed afterwards.',
    remedy: 'Correct the parameters and create the class again.',
    commands: ['kubectl get vrc -o yaml'],
  },
  DR108: {
    title: 'a resync that could overwrite the only good copy, or what no other copy has',
    cause:
      'A replication asks for resync, or is a secondary that asks for autoResync, and did not before, while the other site is not known to be primary. Also while it is, where this site is primary itself or was: in split brain both hold writes that the other never got. That passes without consent where this copy was never primary; where both were demoted and equal since; or where it shows that it follows, and the other site tells of a sync that is later than its own demotion, by more than the 5 minutes that two clocks may differ.',
    risk: 'A resync throws the copy of this site away and fetches the one of the other site. Where the other site does not hold the good copy, nothing is left; and what this one alone has is gone in any case.',
    remedy:
      'Look at both sites, and at what only this one holds. Make the side with the good data primary, then resync the other one from it: kubectl dr resync and kubectl dr failback show what goes, and ask. In a planned move leave autoResync off: nothing has to be resynced there.',
    commands: [status],
    consent: 'resync',
  },
  DR109: {
    title: 'a demotion while the volume is in use',
    cause:
      'A volume that is primary is to become something else, or a replication is created as not primary, while pods that have not ended use the claim, or a VolumeAttachment names its volume.',
    risk: "The application's writes fail from that moment, and what it had not flushed is on neither site. ceph-csi before 3.16 demotes all the same.",
    remedy: 'Scale the application down, and wait until its pods and the VolumeAttachment are gone.',
    commands: [
      'kubectl -n NAMESPACE scale deployment/NAME --replicas=0',
      'kubectl -n NAMESPACE describe pvc PVC',
      'kubectl get volumeattachments',
    ],
    consent: 'demote-in-use',
  },
  DR110: {
    title: 'the deletion of a replication that still protects',
    cause:
      'A VolumeReplication or VolumeGroupReplication is deleted that carries the finalizer of its controller, or whose status says Primary or Secondary: mirroring may be on for it. Deletions in a namespace that is going, and those of accounts given by --lifecycle-owner, pass.',
    risk: "Deleting it disables mirroring. On the primary that removes the other site's copy.",
    remedy:
      'Be sure that the other copy is not needed any more, then give consent and delete it. To move the volume, demote it instead.',
    commands: [status],
    consent: 'unprotect',
  },
  DR111: {
    title: 'the deletion of a claim or volume under protection, or of what replications need',
    cause:
      'A PersistentVolumeClaim, PersistentVolume or Namespace, or the CustomResourceDefinition of VolumeReplication or VolumeGroupReplication, is deleted while a VolumeReplication or VolumeGroupReplication protects the claim, the claim of the volume, or claims in the namespace or of the kind; or a PV of the claim, or of one in the namespace, would take along a volume that is protected through another claim. So is a VolumeReplicationClass, VolumeGroupReplicationClass or StorageClass that what is protected names, and the CustomResourceDefinition of such classes; of claims that were restored from the other site, too, which are promoted by the class that the restore noted. What is being deleted already, and accounts given by --lifecycle-owner, pass.',
    risk: 'The objects by which the copies are found are gone, the deletion hangs on finalizers half done, and a copy may go with them. Without its class no copy is promoted when the other site is lost.',
    remedy:
      'End the protection first: delete the replication (see DR110). Then delete the claim, the volume or the namespace. A volume that is protected through another claim is kept by reclaim policy Retain.',
    commands: ['kubectl -n NAMESPACE get vr,vgr', 'kubectl -n NAMESPACE delete vr VR'],
  },
  DR112: {
    title: 'a consent that could not be honoured',
    cause:
      'The annotation kubectl-dr.dev/consent is new in this change, and cannot be read, has expired, holds for more than an hour, was used before, or comes from a user without the verb consent on the resource.',
    risk: 'The person believes that the loss is accepted, and the next step is refused at the worst time; or dr-controller would later honour what this user may not accept.',
    remedy:
      'Write it as docs/consent.md shows, with an expiry within the hour. A user who may consent needs a Role with the verb consent on volumereplications or volumegroupreplications.',
    commands: [
      'kubectl auth can-i consent volumereplications.replication.storage.openshift.io -n NAMESPACE',
      'kubectl -n NAMESPACE annotate vr VR kubectl-dr.dev/consent-',
    ],
  },
  DR113: {
    title: 'a hand-over before the other site has followed',
    cause:
      'A primary is to become something else, and no snapshot that it took since it became primary is known to be complete on the other site, unless that site is primary, too, so that nothing is handed over; or a replica is to become primary while the other site was demoted like that, or does not tell, or while this one was demoted like that and the other one was primary after it. Known is what dr-controller says in the condition Followed, else a last sync that is later than the moment at which primary was asked for; of a demoted side, what the annotation kubectl-dr.dev/demotion says, which kubectl dr, dr-webhook and dr-controller write with the demotion.',
    risk: 'What was written since the promote is lost, and no call of the driver fails: for some 25 s after a promote ceph-csi calls two demoted sides equal, and promotes the other one without force, though nothing has been replayed. Split brain shows up to a minute later.',
    remedy:
      'Wait until the other site has followed: with ceph-csi about a minute after a promote. If the primary was demoted already, promote it there again, wait, and demote it then; kubectl dr relocate does that by itself. Only where the writes since the promote may be lost: accept that with a consent, of both changes.',
    commands: ['kubectl -n NAMESPACE wait vr VR --for=condition=Followed --timeout=15m', status],
    consent: 'lose-since-promote',
  },
  DR114: {
    title: 'a PV of a protected volume that does not keep it',
    cause:
      'A PersistentVolume is created, gets another claim, or another reclaim policy, and is then not Retain, while a replication of this site or the other one protects the volume of its driver and handle. Handles of ceph-csi are compared by the image that they name, whatever ids cluster and pool have on a site. With the claimRef of a claim of this cluster it is mended to Retain as it is created (DR202). What a provisioner has just made for a claim passes while the other site does not answer.',
    risk: 'A provisioner deletes the volume of a released PV at any time, and with it the data, or the copy, of whoever protects it. The binder releases a PV as soon as its claim has another one.',
    remedy:
      'Create it with reclaim policy Retain, or set that first. Procedures do not begin while a PV of the volume does not keep it; kubectl dr check names them all.',
    commands: [
      `kubectl patch pv PV -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
      'kubectl dr check',
    ],
  },
  DR115: {
    title: 'the promote of a volume that was never a copy',
    cause:
      'A replication asks for primary, and the claim of the same name on the other site has another volume, which a replication protects there. Procedures compare with what a backup says as well, and refuse in a disaster what was provisioned on the site for this very claim and never replicated.',
    risk: 'A thing of the same name is not the copy: the application would start on an empty volume, and what was written on the other site would be left behind without anybody noticing.',
    remedy:
      'Find out which volume holds the data. Delete the claim that is not wanted, if nothing needs its data, and restore the other volume in its place. Two applications need two names.',
    commands: [status, 'kubectl --context SITE -n NAMESPACE describe pvc PVC'],
  },
  DR116: {
    title: 'the deletion of a record that is needed',
    cause:
      'An Operation is deleted whose procedure runs: its phase is Running, and somebody wrote to it within 5 minutes and the time of its lease. Or the CustomResourceDefinition operations.kubectl-dr.dev is deleted while a VolumeReplication or VolumeGroupReplication protects anything. What is being deleted already, and accounts given by --lifecycle-owner, pass.',
    risk: 'Nothing holds a second person off from the same volumes any more, and what cannot be observed is lost: sizes of workloads before they were stopped, consents, which copy is older after a failover.',
    remedy:
      'Wait until the procedure has ended, or end it where it runs. A record that is over can be deleted.',
    commands: ['kubectl dr history -A', 'kubectl get operations -A'],
  },
} satisfies Record<GuardCode, EntryTexts>;
