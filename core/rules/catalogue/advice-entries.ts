import type { AdviceCode } from '../rule-code.ts';
import type { EntryTexts } from './entry.ts';

/** What the advice rules warn of. */
export const adviceEntries = {
  DR301: {
    title: 'a class without a schedule',
    cause: 'A class is created without schedulingInterval, and its mirroringMode is not journal.',
    risk: 'The schedule is attached when a volume is promoted, from the class of that site. After a failover to this site nothing is ever mirrored back, and nobody is told.',
    remedy:
      'Create the class with a schedulingInterval, the same on both sites. Parameters cannot be changed: delete it first.',
    commands: ['kubectl delete vrc CLASS', 'kubectl apply -f FILE'],
  },
  DR302: {
    title: 'classes of the two sites that differ',
    cause:
      'A class is created, and the class of that name on the other site has another provisioner or other parameters, or is not there. Secrets may differ.',
    risk: 'After a failover the volume is mirrored at another interval or in another way than before, or cannot be promoted at all.',
    remedy: 'Apply the same class on both sites.',
    commands: ['kubectl get vrc CLASS -o yaml', 'kubectl --context PEER get vrc CLASS -o yaml'],
  },
  DR303: {
    title: 'a copy that lags behind its schedule',
    cause:
      'The last complete sync is older than 2 intervals of the schedule; from 3 intervals on it is critical. Silent where either is unknown.',
    risk: 'What was written since the last complete sync is lost when this site is lost now.',
    remedy:
      'Find out why nothing travels: the link, the mirror daemons, or more writes than the link carries.',
    commands: ['kubectl dr status -n NAMESPACE PVC', 'kubectl -n NAMESPACE describe vr VR'],
  },
  DR304: {
    title: 'a claim without a recent backup',
    cause:
      'The last backup of claim and volume on record is older than 48 hours. "kubectl dr backup" and procedures write it on the VolumeReplication (kubectl-dr.dev/last-backup: time and digest). "kubectl dr check" speaks up where the other site has no claim for the volume, and of no backup at all where no other site is known; the webhook is silent where none is on record.',
    risk: 'The other site cannot use its copy without the PersistentVolume and the claim, and the site that holds them may be gone.',
    remedy: 'Keep copies of both objects outside of the cluster.',
    commands: ['kubectl dr backup PVC -n NAMESPACE -d DIRECTORY'],
  },
  DR305: {
    title: 'no other site to ask',
    cause:
      'A volume becomes primary, or lets a resync overwrite it, and dr-webhook knows no other site. Such changes pass, as with kubernetes-csi-addons, unless dr-webhook runs with --without-peer=refuse.',
    risk: 'Nothing stands between a mistake and two primaries (see DR102), or a resync of the only good copy (see DR108).',
    remedy: 'Look at the other site before you go on, and give dr-webhook a kubeconfig of it.',
    commands: ['dr-webhook serve --peer-kubeconfig=FILE --peer-context=PEER'],
  },
  DR306: {
    title: 'autoResync on a planned move',
    cause:
      'A primary is demoted with autoResync on while the other site is not primary, or autoResync is switched on for a primary, where it waits for the next demotion.',
    risk: 'RBD can report a split brain right after a demotion that was planned (ceph/ceph-csi#3209). With autoResync the healthy copy is wiped then, and copied anew from a side that may lack the last writes.',
    remedy:
      'Leave autoResync off, and switch it on only for the return after a disaster, on the side whose data is given up.',
    commands: [`kubectl -n NAMESPACE patch vr VR --type=merge -p '{"spec":{"autoResync":false}}'`],
  },
} satisfies Record<AdviceCode, EntryTexts>;
