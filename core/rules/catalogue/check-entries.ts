import type { CheckCode } from '../rule-code.ts';
import type { EntryTexts } from './entry.ts';

const describe = 'kubectl -n NAMESPACE describe vr VR';
const registration = 'kubectl get validatingwebhookconfiguration kubectl-dr-guard -o yaml';

/** What `kubectl dr check` finds beside what the other rules say. */
export const checkEntries = {
  DR401: {
    title: 'a site, or a kind of objects on it, that cannot be read',
    cause:
      'An API server does not answer, refuses the credentials, or does not let this user read VolumeReplications (an error); or another kind that checks look at may not be read (a warning).',
    risk: 'What was not looked at is not known to be well: the site may be primary, or not ready to take over.',
    remedy:
      'Find out whether the site is lost or only out of reach from here. For a kind that may not be read, ask for the permission to list it.',
    commands: [
      'kubectl --context SITE get --raw=/readyz',
      'kubectl --context SITE auth can-i list volumereplications -A',
    ],
  },
  DR402: {
    title: 'the CRDs of replication missing or too old on a site',
    cause:
      'VolumeReplication or VolumeReplicationClass is not installed, does not serve v1alpha1, has no status subresource, or its schema lacks a field: spec.autoResync, status.observedGeneration, the generation of conditions, or another that controllers and rules rely on.',
    risk: 'A field that the server does not know is dropped without a word. Without the kinds nothing can be promoted on that site, and that is noticed in the middle of a failover.',
    remedy: 'Install the CRDs of this release, or those of a newer kubernetes-csi-addons, on both sites.',
    commands: ['kubectl --context SITE apply -f manifests/crds'],
  },
  DR403: {
    title: 'no controller, or two, acting on VolumeReplications',
    cause:
      'A VolumeReplication waits for longer than 5 minutes and no controller has acted on it; or dr-controller and kubernetes-csi-addons both run for one driver. Told by leases, CSIAddonsNodes, and who wrote the status at which generation. Where exactly one acts, the finding says which and is information only.',
    risk: 'A wish that nobody acts on protects nothing. Two controllers undo what the other did.',
    remedy:
      'Run one of them for the driver on each site: dr-controller beside the driver, or kubernetes-csi-addons with its sidecars.',
    commands: [
      'kubectl --context SITE get leases -A',
      'kubectl --context SITE get csiaddonsnodes -A',
      describe,
    ],
  },
  DR404: {
    title: 'a StorageClass that the other site lacks or has for another driver',
    cause:
      'A protected claim names a StorageClass that is not on the other site, or has another provisioner there.',
    risk: 'The claim cannot be restored there as it is, and a claim made for it gets an empty volume or none.',
    remedy: 'Create the StorageClass on the other site, with the same name and provisioner, and with Retain.',
    commands: ['kubectl get storageclass CLASS -o yaml', 'kubectl --context PEER apply -f FILE'],
  },
  DR405: {
    title: 'a CSI driver that is not registered on a site',
    cause:
      'A protected volume, or a VolumeReplicationClass, is of a driver that no CSIDriver is called and no CSINode lists. Unknown where no driver is registered at all.',
    risk: 'Volumes of that driver can be neither promoted nor mounted there.',
    remedy: 'Install the driver on that site, under the same name as on the other one.',
    commands: ['kubectl --context SITE get csidrivers,csinodes'],
  },
  DR406: {
    title: 'an unprotected claim of a workload that has protected ones',
    cause:
      'A pod mounts a protected claim, and beside it one that no VolumeReplication or VolumeGroupReplication takes in.',
    risk: 'After a failover the application comes up with part of its data, or not at all.',
    remedy: 'Protect the claim, too, or keep what it holds in a way of its own.',
    commands: ['kubectl dr protect PVC -n NAMESPACE'],
  },
  DR407: {
    title: 'a deletion that does not end',
    cause:
      'A VolumeReplication, VolumeGroupReplication, claim, volume or namespace is being deleted for longer than 5 minutes. The finding names each finalizer and what it waits for.',
    risk: 'Mirroring is half switched off, and taking a finalizer away by hand leaves the volume mirrored with nobody to end it, or deletes what is still used.',
    remedy:
      'See to what the finalizer waits for; the object then goes by itself. Do not take off a finalizer of replication while mirroring may be on.',
    commands: [describe, 'kubectl -n NAMESPACE describe pvc PVC'],
  },
  DR408: {
    title: 'a guard that is not in force',
    cause:
      'On a site dr-webhook is not registered, or does not answer a change that it has to refuse (a dry run, nothing is changed), or is registered to let everything pass while it does not answer, or without the repair of restored volumes; or one site is registered by URL and the other by Service.',
    risk: 'Nothing refuses a change that makes two primaries. A guard that is closed and does not answer refuses all that it judges, in the middle of a failover, too.',
    remedy:
      'Register the webhook on both sites, and have it run. Close a guard that was opened in an emergency.',
    commands: ['dr-webhook register --context=SITE', registration],
  },
  DR409: {
    title: 'an executable on PATH that stands before a command of this plugin',
    cause:
      'A file on PATH is called kubectl-dr-WORD, which kubectl runs for "kubectl dr WORD"; or there are several different kubectl-dr.',
    risk: 'What runs in an emergency is not what was meant.',
    remedy: 'Rename it, or take its directory off PATH.',
    commands: ['kubectl plugin list'],
  },
  DR410: {
    title: 'a clock that is ahead by more than 5 minutes',
    cause:
      "The newest time that was written on a site (by a lease, or on a VolumeReplication) is more than 5 minutes in this machine's future. Unknown where nothing was written of late.",
    risk: 'Lags, ages and the end of a consent are told wrongly; a consent is void where it should hold, or holds where it should be void.',
    remedy: 'Have both sites and this machine keep time by NTP.',
    commands: ['kubectl --context SITE get leases -A -o wide'],
  },
  DR411: {
    title: 'a verdict that is not Protected',
    cause:
      'The two sites of a volume show something else than one primary that replicates in time: the verdict of "kubectl dr status", with its reason. A change on its way is information, a bad verdict an error.',
    risk: 'It depends on the verdict: two primaries lose writes, no primary stops the application, a degraded one mirrors nothing.',
    remedy: 'See the volume on both sites, and follow the command that status names.',
    commands: ['kubectl dr status -n NAMESPACE PVC', describe],
  },
  DR412: {
    title: 'a certificate of the webhook that runs out',
    cause:
      'The last authority in the CA bundle of a registration ends within 14 days, or has ended, or is not valid yet; or there is no bundle. The Secret is not read, since it holds the key.',
    risk: 'API servers stop trusting the webhook. A closed guard then refuses every change that it judges.',
    remedy:
      'See that dr-webhook runs and leads its certificates, or that whoever keeps them does. A new authority is in place within seconds.',
    commands: ['kubectl -n kubectl-dr get pods', registration],
  },
  DR413: {
    title: 'a consent that was left lying around',
    cause:
      'A replication carries the annotation kubectl-dr.dev/consent: one that still holds, has expired, or cannot be read.',
    risk: 'While it holds, the next change may lose data without being refused. Afterwards it misleads whoever reads it.',
    remedy: 'Take the annotation off, unless the change that it was written for is still to come.',
    commands: ['kubectl -n NAMESPACE annotate vr VR kubectl-dr.dev/consent-'],
  },
  DR414: {
    title: 'a resize that has not reached both sites',
    cause:
      "A protected claim asks for more than it has; or the other site's PV of the volume is smaller than the claim.",
    risk: 'Storage mirrors the size, the objects of the other site do not follow. It stands against no move: a PV that is reserved is bound whatever its size, and the resize goes on there. Until then the claim has less than it asks for, or a file system is smaller than its volume; a claim does not bind to an open PV that is too small.',
    remedy:
      'Wait until the resize is done. In a disaster do not: what was asked for goes along, and the driver of the other site takes it up once the volume is primary there.',
    commands: ['kubectl -n NAMESPACE describe pvc PVC', 'kubectl --context PEER get pv PV -o yaml'],
  },
  DR415: {
    title: 'no records of procedures on a site',
    cause:
      'The kind Operation (operations.kubectl-dr.dev) is not installed there, does not serve v1alpha1, has no status subresource, or its schema lacks a field that procedures write.',
    risk: 'A procedure that is interrupted can be gone on with or taken back only as far as the other site still tells: who began it, and how large its workloads were. Nothing holds off a second person who moves the same volumes, and status does not show a volume as Moving. After a disaster there is one site only.',
    remedy:
      'Install the CRDs of this release on both sites. Those of kubernetes-csi-addons do not include the kind.',
    commands: ['kubectl --context SITE apply -f manifests/crds'],
  },
  DR420: {
    title: 'an application whose volumes are primary on different sites',
    cause:
      'A workload mounts claims of which some are primary on one site and some on the other: a part of it was moved by itself.',
    risk: 'Its pods can start on neither site, though each of its volumes is well by itself.',
    remedy:
      'Move all of its volumes to one site, by the workload or by naming all claims. Nothing is lost by that.',
    commands: ['kubectl dr relocate PVC PVC -n NAMESPACE --to SITE'],
  },
  DR425: {
    title: 'a PV of a protected volume beside that of its claim, or one that does not keep it',
    cause:
      'A site has several PVs of the driver and handle of a protected volume, or one of another claim than the protected one has a reclaim policy other than Retain. Each is named, with what becomes of the volume when it goes. Handles of ceph-csi are compared by the image that they name.',
    risk: 'A provisioner deletes the volume of a released PV of policy Delete, at any time, and asks nobody; relocate, failover and failback do not begin while there is such a PV. Through two PVs two claims can write to one volume.',
    remedy:
      'Set the policy of each to Retain. Then delete the PVs that no claim needs: with Retain nothing happens to the volume.',
    commands: [
      'kubectl --context SITE get pv -o wide',
      `kubectl --context SITE patch pv PV -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
    ],
  },
  DR426: {
    title: 'a claim that has another volume on each site',
    cause:
      'The claim of a protected volume exists on the other site, too, and has another volume there: a tool that applies the same manifests on both sites makes an empty one.',
    risk: 'Neither volume is a copy of the other. A failover finds the name taken, and whoever starts the application on it starts on other data. Procedures and promotes refuse it (DR115), on the day on which they are needed.',
    remedy:
      'Have the tool leave the claim out on the site that is to hold the copy, delete the claim there if nothing needs its data, and restore the copy in its place.',
    commands: [
      'kubectl --context SITE -n NAMESPACE describe pvc PVC',
      'kubectl dr backup PVC -n NAMESPACE -d DIRECTORY',
      'kubectl dr restore DIRECTORY --to SITE',
    ],
  },
  DR427: {
    title: 'a volume that the other site calls by another name',
    cause:
      'A site has a PV of the image of a protected volume whose handle, or driver, is another one: the ids of cluster or pool differ. No replication on that site has shown yet that its driver knows the image by that name.',
    risk: 'The sites are paired by the image. Where the driver does not know the ids, the promote fails after the demotion, and the application is down until somebody corrects them.',
    remedy:
      'Compare cluster id and pool id with those of a PV that was provisioned on that site, or with its StorageClass. Where ceph-csi maps the ids of the other site itself, the handle is best left as it is. Where it does not, restore with --map-volume-handle (docs/restore.md). A PV keeps its handle: one that was restored under the wrong one goes first, with its claim and its VolumeReplication, which never were a copy.',
    commands: ['kubectl --context SITE get pv PV -o yaml', 'kubectl --context SITE get storageclass -o yaml'],
  },
  DR428: {
    title: 'a claim that the other site could not restore',
    cause:
      'A protected claim is not on the other site, and no backup of it is on record: its VolumeReplication, or its group, carries no annotation kubectl-dr.dev/last-backup, which "kubectl dr backup" and procedures write. Unknown where claims or PVs of the other site cannot be read.',
    risk: 'Storage mirrors the bytes, not the objects. When the site that has them is lost, nothing tells which volume belonged to which claim, and failover refuses.',
    remedy:
      'Back the claim up to somewhere that outlives the site, or restore it into the other site now: it waits there as a replica.',
    commands: ['kubectl dr backup PVC -n NAMESPACE -d DIRECTORY', 'kubectl dr restore DIRECTORY --to PEER'],
  },
  DR429: {
    title: 'a StatefulSet that deletes its claims',
    cause:
      'A StatefulSet made a protected claim, and its persistentVolumeClaimRetentionPolicy says Delete: whenScaled is an error, whenDeleted a warning. Procedures that would stop such a StatefulSet refuse before their first step while whenScaled is Delete.',
    risk: 'Every planned move scales workloads to 0. The controller then makes the pod the owner of its claim, and the claim is deleted after it; where that is refused, the claim keeps a dead pod for its owner, and no new pod is made for it.',
    remedy: 'Have the StatefulSet keep its claims. The policy can be set back once the move is over.',
    commands: [
      `kubectl -n NAMESPACE patch statefulset NAME --type=merge -p '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Retain"}}}'`,
    ],
  },
  DR430: {
    title: 'a node affinity of a PV that no node of the other site meets',
    cause:
      'The PV of a protected volume has spec.nodeAffinity.required, which provisioners take from the topology of their own site, and no node of the other site has such labels. Judged by the PV of that site where it has one, also where the volume is primary there. Unknown where its nodes cannot be read.',
    risk: 'A restore takes the field along as it is. Pods that mount the claim there stay Pending, and the field of a PV cannot be changed afterwards.',
    remedy:
      'Label the nodes of the other site, or remove the field during the restore with a transform rule. A PV that exists there already must be deleted and recreated; with Retain the volume is safe.',
    commands: [
      'kubectl --context SITE get pv PV -o yaml',
      'kubectl --context PEER get nodes --show-labels',
      'kubectl dr restore DIRECTORY --to PEER --transform=FILE',
    ],
  },
  DR431: {
    title: 'a clone of something that is not mirrored',
    cause:
      'A protected claim was made from another claim that is not protected, or from a VolumeSnapshot (spec.dataSourceRef or spec.dataSource), and its class does not say flattenMode: force.',
    risk: 'The image may share bytes with its parent. ceph-csi refuses to mirror an image whose parent is not mirrored, so that the protection never begins, or does not begin again after it was ended once.',
    remedy:
      'Protect the parent as well, or use a class with flattenMode: force, which makes the clone an image of its own.',
    commands: ['kubectl dr protect PARENT -n NAMESPACE', 'kubectl get vrc CLASS -o yaml'],
  },
  DR432: {
    title: 'an object that pods need and the other site lacks',
    cause:
      'A pod that mounts a protected claim names a ServiceAccount, ConfigMap, Secret, PriorityClass or RuntimeClass that the other site does not have. What is optional, and what each cluster makes itself, is left out. Names alone are read; of what runs no pod now nothing is known.',
    risk: 'The volumes move, and the application does not come up: its pods are not made, or their containers do not start.',
    remedy:
      'Bring the objects to the other site beforehand: classes by hand or GitOps, the others also by a backup with workloads and secrets.',
    commands: [
      'kubectl dr backup PVC -n NAMESPACE -d DIRECTORY --include-workloads --include-secrets',
      'kubectl dr restore DIRECTORY --to PEER',
      'kubectl get priorityclass NAME -o yaml | sed /resourceVersion:/d | kubectl --context PEER create -f -',
    ],
  },
  DR433: {
    title: 'a pod that could run on no node of the other site',
    cause:
      'A pod that mounts a protected claim has a nodeSelector, or a required node affinity, and no node of the other site has such labels. Taints, and whether a node has room, are not looked at.',
    risk: 'After a move its pods stay Pending.',
    remedy: 'Label nodes of the other site, or change the selector as the workload is restored.',
    commands: [
      'kubectl --context PEER get nodes --show-labels',
      'kubectl --context PEER label node NODE KEY=VALUE',
    ],
  },
  DR434: {
    title: 'a replication that somebody else sets back',
    cause:
      'A VolumeReplication, or its group, is owned by an object of another kind (such as the VolumeReplicationGroup of Ramen), or is applied by Flux or Argo CD, as its labels and annotations tell.',
    risk: 'Whoever owns it writes the state that they want again, in the middle of a move, too. Procedures give up after the third time, with no site primary in the worst case.',
    remedy:
      'Have the owner make the move, or pause it first: suspend the Kustomization or HelmRelease, turn off the automated sync of the Application, or change what the owner itself asks for.',
    commands: ['kubectl -n NAMESPACE get vr VR -o yaml --show-managed-fields'],
  },
  DR435: {
    title: 'an unprotected claim in a namespace that has protected ones',
    cause:
      'A namespace has protected claims, and bound ones that nothing protects. It is a warning where one of these belongs to the same application: by app.kubernetes.io/instance, app.kubernetes.io/name or app, or by the template of a StatefulSet; else information. A claim that a pod mounts beside a protected one is DR406.',
    risk: 'After a failover the application comes up with part of its data, or not at all.',
    remedy: 'Protect the claims as well, or keep what they hold in a way of its own.',
    commands: ['kubectl -n NAMESPACE get pvc', 'kubectl dr protect PVC -n NAMESPACE'],
  },
  DR436: {
    title: 'a protected claim that is being deleted',
    cause:
      'A claim that is protected carries a deletionTimestamp: somebody deleted it where no guard stood. Its finalizers and its pods hold it for now.',
    risk: 'It looks well while its pods run. New pods are not scheduled onto it, and the claim is gone as soon as its finalizers are.',
    remedy:
      'With Retain the volume stays. Move the application to the other site, where the claim is whole; or end the protection, let the deletion finish, and recreate the claim for the same PV.',
    commands: ['kubectl -n NAMESPACE describe pvc PVC', 'kubectl dr backup PVC -n NAMESPACE -d DIRECTORY'],
  },
  DR437: {
    title: 'a conflict by which a move could not restore a claim on the other site',
    cause:
      'A protected claim is not on the other site, and what is there stands against restoring it: a PV of its name for another volume, bound to or reserved for another claim, Released or Failed; access modes, class or mode of a PV that do not fit the claim; a claim that is being deleted, Lost or waits for another volume; a quota; a namespace that is being deleted. The rules are those of kubectl dr restore. Quotas are unknown where they cannot be read.',
    risk: 'Relocate and failover find it before they change anything and refuse: on the day of a disaster the application stays down until somebody has mended it.',
    remedy:
      'Mend it now, while nothing depends on it, and restore the claim there: then it waits as a replica.',
    commands: [
      'kubectl --context PEER get pv,pvc,quota -n NAMESPACE',
      'kubectl dr restore DIRECTORY --context PEER --dry-run=client',
    ],
  },
} satisfies Record<CheckCode, EntryTexts>;
