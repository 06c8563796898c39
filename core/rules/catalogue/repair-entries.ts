import type { RepairCode } from '../rule-code.ts';
import type { EntryTexts } from './entry.ts';

/** What the repair rules mend: restored objects when they are created, and replications when they are demoted. */
export const repairEntries = {
  DR201: {
    title: 'a volume that is bound to a claim of another cluster',
    cause:
      'A PersistentVolume is created whose claimRef has a uid that no claim here has. It was taken over from another cluster as it was. Its claimRef is removed; with the annotation kubectl-dr.dev/claim-ref: reserve, namespace and name are kept. A claimRef without a uid is a reservation and is left alone, and so is the volume where the claims of this cluster are not known.',
    risk: 'The volume ends Released: no claim ever binds to it, and the restored application waits for its data for ever.',
    remedy:
      'Nothing has to be done, but without a claimRef any claim of the same class that fits may take the volume. Set the annotation before creating the volume, or reserve it afterwards.',
    commands: [
      `kubectl patch pv PV --type=merge -p '{"spec":{"claimRef":{"namespace":"NAMESPACE","name":"PVC"}}}'`,
    ],
  },
  DR202: {
    title: 'a restored volume that would be given up with its claim',
    cause:
      'A volume that DR201 mends has a reclaim policy other than Retain, which becomes Retain, or the annotation pv.kubernetes.io/bound-by-controller, which is removed.',
    risk: 'Deleting the claim would delete the volume, which may be the last copy; and with the annotation the binder takes a reservation of the volume for its own and drops it.',
    remedy:
      'Nothing has to be done. Leave the policy at Retain for as long as the volume is protected (see DR104).',
    commands: ['kubectl get pv PV'],
  },
  DR203: {
    title: 'a claim that says it is bound already',
    cause:
      'A PersistentVolumeClaim is created with the annotation pv.kubernetes.io/bind-completed or pv.kubernetes.io/bound-by-controller. A new claim never was bound here: they are of another cluster, and are removed.',
    risk: 'The claim ends Lost at once, and stays so, even where its volume is reserved for it.',
    remedy:
      'Nothing has to be done. A claim that is Lost already has to be deleted and created again without them.',
    commands: ['kubectl -n NAMESPACE get pvc PVC'],
  },
  DR204: {
    title: 'a demotion without a note whether the other site had followed',
    cause:
      'A VolumeReplication or VolumeGroupReplication that asks for primary is changed so that it asks for something else, or a note is changed by something else. A change can bring a note of its own, as that of kubectl dr does, if it says no better than what is known. The annotation kubectl-dr.dev/demotion is set: whether the other site had followed (yes, no or unknown, as DR113 judges it before the change), the generation that the object gets by the change, the time, and the sync that told. While the object stays secondary, a change of its spec takes the note along; any other change makes it void. By itself the note is changed by those alone who may update the status, as a controller may: for everybody else it is put back. Nobody is warned; the audit log names the rule.',
    risk: 'Once a volume is demoted nothing on it tells any more whether the other site had followed it, and kubernetes-csi-addons writes nothing down. Where nothing tells, DR113 refuses to promote the other site.',
    remedy:
      'Nothing has to be done. Where the note is missing, as dr-webhook was away when the volume was demoted, do what DR113 says.',
    commands: [
      "kubectl -n NAMESPACE get vr VR -o jsonpath='{.metadata.annotations.kubectl-dr\\.dev/demotion}'",
    ],
  },
  DR205: {
    title: 'a consent whose use is not written down',
    cause:
      'A VolumeReplication or VolumeGroupReplication is created with, or its spec is changed under, the annotation kubectl-dr.dev/consent. The annotation kubectl-dr.dev/consents-used is set: the consent, and the generation that the object gets by the change. What stands there already is kept, for an hour or two after it has expired, also where a change leaves it out. dr-controller does the same before it acts on a consent whose use nobody has written down. Nobody is warned; the audit log names the rule.',
    risk: 'A consent is good for one change. Another replica of dr-webhook, or one that was just started, could not tell the second use from the first.',
    remedy:
      'No action is needed. If the note is missing because webhook consent.kubectl-dr.dev is not registered or did not answer, the guard honours no consent: register it, or try again.',
    commands: [
      'dr-webhook register --context=SITE',
      "kubectl -n NAMESPACE get vr VR -o jsonpath='{.metadata.annotations.kubectl-dr\\.dev/consents-used}'",
    ],
  },
} satisfies Record<RepairCode, EntryTexts>;
