import { consentAnnotation } from '../core/consent.ts';
import { usesAnnotation } from '../core/consent-use.ts';
import { demotionAnnotation } from '../core/following/demotion.ts';
import { recordedHandle, sourceHandleAnnotation } from '../core/model/handle-there.ts';
import type { Condition, KubernetesObject } from '../core/model/kubernetes-object.ts';
import type {
  ClaimReference,
  PersistentVolume,
  PersistentVolumeClaim,
} from '../core/model/persistent-volume.ts';
import { replicationNames, type VolumeReplication } from '../core/model/volume-replication.ts';
import { askingFields } from '../core/status/replication.ts';

const own = Object.values(replicationNames) as readonly string[];

const ownEntries = (entries: Record<string, string> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(entries ?? {}).filter(([key]) => own.includes(key)));

const slimMetadata = ({
  name,
  namespace,
  uid,
  resourceVersion,
  deletionTimestamp,
}: KubernetesObject['metadata']): KubernetesObject['metadata'] => ({
  ...(name === undefined ? {} : { name }),
  ...(namespace === undefined ? {} : { namespace }),
  ...(uid === undefined ? {} : { uid }),
  ...(resourceVersion === undefined ? {} : { resourceVersion }),
  ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
});

/** A claim, as far as decisions look at it: there may be ten thousand, most of no interest here. */
export const slimClaim = ({
  apiVersion,
  kind,
  metadata,
  spec,
  status,
}: PersistentVolumeClaim): PersistentVolumeClaim => ({
  ...(apiVersion === undefined ? {} : { apiVersion }),
  ...(kind === undefined ? {} : { kind }),
  metadata: {
    ...slimMetadata(metadata),
    annotations: ownEntries(metadata.annotations),
    ...(metadata.finalizers === undefined ? {} : { finalizers: metadata.finalizers }),
  },
  ...(spec?.volumeName === undefined ? {} : { spec: { volumeName: spec.volumeName } }),
  ...(status?.phase === undefined ? {} : { status: { phase: status.phase } }),
});

/** A volume's identity, what becomes of it with its claim, and which claim that is. */
export const slimVolume = ({ metadata, spec }: PersistentVolume): PersistentVolume => {
  const { csi, claimRef, persistentVolumeReclaimPolicy } = spec ?? {};
  if (csi === undefined) return { metadata: slimMetadata(metadata) };
  const handle = recordedHandle({ metadata });
  return {
    metadata: {
      ...slimMetadata(metadata),
      ...(handle === undefined ? {} : { annotations: { [sourceHandleAnnotation]: handle } }),
    },
    spec: {
      csi: { driver: csi.driver, volumeHandle: csi.volumeHandle },
      ...(persistentVolumeReclaimPolicy === undefined ? {} : { persistentVolumeReclaimPolicy }),
      ...(claimRef === undefined ? {} : { claimRef: slimReference(claimRef) }),
    },
  };
};

const slimReference = ({ namespace, name, uid }: ClaimReference): ClaimReference => ({
  ...(namespace === undefined ? {} : { namespace }),
  ...(name === undefined ? {} : { name }),
  ...(uid === undefined ? {} : { uid }),
});

/** What decisions look at. */
const annotationsRead: readonly string[] = [consentAnnotation, usesAnnotation, demotionAnnotation];

/** Managed fields and the last applied text are most of a VolumeReplication: of them only who asked for the present state is read. */
export const slimReplication = (
  replication: VolumeReplication,
  share: (conditions: readonly Condition[]) => Condition[],
): VolumeReplication => {
  const { managedFields: _, annotations, labels: __, ...metadata } = replication.metadata;
  const asking = askingFields(replication.metadata);
  const { spec, status, ...rest } = replication;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => annotationsRead.includes(name));
  return {
    ...rest,
    spec,
    ...(status === undefined
      ? {}
      : {
          status: {
            ...status,
            ...(status.conditions === undefined ? {} : { conditions: share(status.conditions) }),
          },
        }),
    metadata: {
      ...metadata,
      ...(asking.length === 0 ? {} : { managedFields: asking }),
      ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
    },
  };
};
