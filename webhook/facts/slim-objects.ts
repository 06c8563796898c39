import { restoreAnnotations } from '../../core/backup/restore-annotations.ts';
// What the caches keep of each object: what a rule looks at, and what tells versions apart. Ten thousand volumes must fit.
import { sourceHandleAnnotation } from '../../core/model/handle-there.ts';
import type { KubernetesObject, ObjectMeta } from '../../core/model/kubernetes-object.ts';
import type {
  ClaimReference,
  PersistentVolume,
  PersistentVolumeClaim,
} from '../../core/model/persistent-volume.ts';
import { claimsOfPod, type Pod } from '../../core/model/pod.ts';
import type { StorageClass } from '../../core/model/storage-class.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { LabelSelector, VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import { replicationNames, type VolumeReplication } from '../../core/model/volume-replication.ts';

/** The members that are there: an absent one costs nothing. */
const present = <T extends object>(
  members: { readonly [K in keyof T]: T[K] | undefined | null },
): Partial<T> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  ) as Partial<T>;

const identifying = ({ name, namespace, uid, resourceVersion, deletionTimestamp }: ObjectMeta): ObjectMeta =>
  present<ObjectMeta>({ name, namespace, uid, resourceVersion, deletionTimestamp });

const annotationsKept = (
  { annotations }: ObjectMeta,
  names: readonly string[],
): Pick<ObjectMeta, 'annotations'> => {
  const kept = Object.entries(annotations ?? {}).filter(([name]) => names.includes(name));
  return kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
};

const ofReplication = (metadata: ObjectMeta): ObjectMeta => ({
  ...identifying(metadata),
  ...present<ObjectMeta>({ generation: metadata.generation, finalizers: metadata.finalizers }),
});

/** A VolumeReplication: its wish and its state. */
export const slimReplication = ({ metadata, spec, status }: VolumeReplication): VolumeReplication => ({
  metadata: ofReplication(metadata),
  spec: {
    volumeReplicationClass: spec?.volumeReplicationClass ?? '',
    replicationState: spec?.replicationState,
    autoResync: spec?.autoResync === true,
    dataSource: { kind: spec?.dataSource?.kind ?? '', name: spec?.dataSource?.name ?? '' },
  },
  ...(status?.state ? { status: { state: status.state } } : {}),
});

/** An empty selector would take in every claim; of one that is missing nobody knows what it was to find. */
const notUnderstood: LabelSelector = { matchExpressions: [{ key: '', operator: '' }] };

/** A group: the same, and which claims it takes in. */
export const slimGroup = ({ metadata, spec, status }: VolumeGroupReplication): VolumeGroupReplication => ({
  metadata: ofReplication(metadata),
  spec: {
    volumeGroupReplicationClassName: spec?.volumeGroupReplicationClassName ?? '',
    ...(spec?.volumeReplicationClassName
      ? { volumeReplicationClassName: spec.volumeReplicationClassName }
      : {}),
    replicationState: spec?.replicationState,
    autoResync: spec?.autoResync === true,
    source: { selector: spec?.source?.selector ?? notUnderstood },
  },
  status: present<NonNullable<VolumeGroupReplication['status']>>({
    state: status?.state,
    persistentVolumeClaimsRefList: status?.persistentVolumeClaimsRefList,
  }),
});

/** A class, of volumes or of groups. Their parameters are few. */
export const slimClass = <T extends KubernetesObject & { spec: unknown }>({ metadata, spec }: T): T =>
  ({ metadata: identifying(metadata), spec }) as T;

const slimReference = ({ namespace, name, uid }: ClaimReference): ClaimReference =>
  present<ClaimReference>({ namespace, name, uid });

/** A PV: its identity, its claim, and what becomes of it. */
export const slimVolume = ({ metadata, spec }: PersistentVolume): PersistentVolume => ({
  metadata: { ...identifying(metadata), ...annotationsKept(metadata, [sourceHandleAnnotation]) },
  spec: present<NonNullable<PersistentVolume['spec']>>({
    csi: spec?.csi && { driver: spec.csi.driver, volumeHandle: spec.csi.volumeHandle },
    claimRef: spec?.claimRef && slimReference(spec.claimRef),
    persistentVolumeReclaimPolicy: spec?.persistentVolumeReclaimPolicy,
  }),
});

const claimMarks = [
  replicationNames.pvcOwnerAnnotation,
  replicationNames.pvcGroupOwnerAnnotation,
  restoreAnnotations.replicationClass,
];

/** A claim: its volume and class, and what selectors of groups look at. */
export const slimClaim = ({ metadata, spec, status }: PersistentVolumeClaim): PersistentVolumeClaim => ({
  metadata: {
    ...identifying(metadata),
    ...present<ObjectMeta>({ labels: metadata.labels }),
    ...annotationsKept(metadata, claimMarks),
  },
  spec: present<NonNullable<PersistentVolumeClaim['spec']>>({
    volumeName: spec?.volumeName || undefined,
    storageClassName: spec?.storageClassName || undefined,
  }),
  ...(status?.phase ? { status: { phase: status.phase } } : {}),
});

/** A StorageClass: what it makes volumes with, and what becomes of them. */
export const slimStorageClass = ({ metadata, provisioner, reclaimPolicy }: StorageClass): StorageClass => ({
  metadata: identifying(metadata),
  ...present<StorageClass>({ metadata: undefined, provisioner, reclaimPolicy }),
});

/** A namespace: whether it is going. */
export const slimNamespace = ({ metadata }: KubernetesObject): KubernetesObject => ({
  metadata: identifying(metadata),
});

/**
 * A pod: which claims it uses. One that uses none is a name only; without uid and version it counts as the same whatever happens to
 * it, until one of that name uses a claim.
 */
export const slimPod = (pod: Pod): Pod => {
  const { name, namespace } = pod.metadata;
  const claims = claimsOfPod(pod);
  if (claims.length === 0) return { metadata: present<ObjectMeta>({ name, namespace }) };
  return {
    metadata: identifying(pod.metadata),
    spec: { volumes: claims.map((claimName) => ({ persistentVolumeClaim: { claimName } })) },
  };
};

/** A VolumeAttachment: which PV is on which node. */
export const slimAttachment = ({ metadata, spec }: VolumeAttachment): VolumeAttachment => ({
  metadata: identifying(metadata),
  spec: present<NonNullable<VolumeAttachment['spec']>>({
    nodeName: spec?.nodeName,
    source: spec?.source?.persistentVolumeName
      ? { persistentVolumeName: spec.source.persistentVolumeName }
      : undefined,
  }),
});
