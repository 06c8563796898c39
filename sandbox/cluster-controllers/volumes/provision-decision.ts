import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { bytesOf, quantityOf } from '../../../core/model/quantity.ts';
import { resources } from '../../../core/model/resource.ts';
import { type Decision, only, settled, withFinalizer, withoutFinalizer } from '../runtime/decision.ts';
import { referenceTo } from './claim-decision.ts';
import type { NewVolume, VolumeOrder, VolumeUse } from './storage-driver.ts';
import { annotationOf, type StorageClass, volumeNames, waitsForConsumer } from './storage-objects.ts';

/** Class parameters that are for the sidecars and never reach a driver. */
const reservedPrefix = 'csi.storage.k8s.io/';
const deletionSecretName = 'volume.kubernetes.io/provisioner-deletion-secret-name';
const deletionSecretNamespace = 'volume.kubernetes.io/provisioner-deletion-secret-namespace';

/** Whether it is this driver's turn to make a volume for a claim. */
export const isToProvision = (
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
  driverName: string,
): boolean =>
  annotationOf(claim, volumeNames.storageProvisioner) === driverName &&
  storageClass?.provisioner === driverName &&
  (claim.spec?.volumeName ?? '') === '' &&
  claim.metadata.deletionTimestamp === undefined &&
  (!waitsForConsumer(storageClass) || annotationOf(claim, volumeNames.selectedNode) !== undefined);

/** The name under which the external provisioner makes a claim's volume. The same claim gives the same name. */
export const volumeNameFor = (claim: PersistentVolumeClaim): string => `pvc-${claim.metadata.uid ?? ''}`;

/** Namespace and name of a secret that the class names for a purpose such as `provisioner` or `node-stage`. */
export const secretOf = (
  storageClass: StorageClass,
  claim: PersistentVolumeClaim,
  purpose: string,
): { name: string; namespace: string } | undefined => {
  const values: Record<string, string> = {
    'pvc.name': claim.metadata.name ?? '',
    'pvc.namespace': claim.metadata.namespace ?? '',
    'pv.name': volumeNameFor(claim),
  };
  const fill = (template: string | undefined): string | undefined =>
    template?.replace(/\$\{([^}]+)\}/g, (whole, name: string) => values[name] ?? whole);
  const name = fill(storageClass.parameters?.[`${reservedPrefix}${purpose}-secret-name`]);
  const namespace = fill(storageClass.parameters?.[`${reservedPrefix}${purpose}-secret-namespace`]);
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
};

const fsTypeOf = (storageClass: StorageClass): string =>
  storageClass.parameters?.[`${reservedPrefix}fstype`] ?? 'ext4';

/** What is asked of the driver for a claim. */
export const orderVolume = (
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  secrets: Record<string, string>,
): VolumeOrder => ({
  name: volumeNameFor(claim),
  capacityBytes: bytesOf(claim.spec?.resources?.requests?.storage) ?? 0,
  parameters: Object.fromEntries(
    Object.entries(storageClass.parameters ?? {}).filter(([name]) => !name.startsWith(reservedPrefix)),
  ),
  secrets,
  use: {
    accessModes: claim.spec?.accessModes ?? [],
    isBlock: claim.spec?.volumeMode === 'Block',
    fsType: fsTypeOf(storageClass),
  },
});

/** How pods are going to use a volume that exists. */
export const useOf = (volume: PersistentVolume): VolumeUse => {
  const fsType = volume.spec?.csi?.['fsType'];
  return {
    accessModes: volume.spec?.accessModes ?? [],
    isBlock: volume.spec?.volumeMode === 'Block',
    fsType: typeof fsType === 'string' ? fsType : 'ext4',
  };
};

/** The effect of a volume that the driver has made: its PV, bound to the claim from birth. */
export const publishVolume = (
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  driverName: string,
  made: NewVolume,
): Decision => {
  const secret = secretOf(storageClass, claim, 'provisioner');
  const nodeSecret = secretOf(storageClass, claim, 'node-stage');
  const expandSecret = secretOf(storageClass, claim, 'controller-expand');
  const reclaimPolicy = storageClass.reclaimPolicy ?? 'Delete';
  const isBlock = claim.spec?.volumeMode === 'Block';
  const name = volumeNameFor(claim);
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      annotations: {
        [volumeNames.provisionedBy]: driverName,
        [deletionSecretName]: secret?.name ?? '',
        [deletionSecretNamespace]: secret?.namespace ?? '',
      },
      ...(reclaimPolicy === 'Delete' && { finalizers: [volumeNames.provisionerFinalizer] }),
    },
    spec: {
      accessModes: claim.spec?.accessModes ?? [],
      capacity: { storage: quantityOf(made.capacityBytes) },
      claimRef: referenceTo(claim),
      csi: {
        driver: driverName,
        volumeHandle: made.volumeHandle,
        ...(!isBlock && { fsType: fsTypeOf(storageClass) }),
        ...(Object.keys(made.attributes).length > 0 && { volumeAttributes: made.attributes }),
        ...(nodeSecret !== undefined && { nodeStageSecretRef: nodeSecret }),
        ...(expandSecret !== undefined && { controllerExpandSecretRef: expandSecret }),
      },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: storageClass.metadata.name ?? '',
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      ...(storageClass.mountOptions !== undefined && { mountOptions: storageClass.mountOptions }),
    },
  };
  return {
    effects: [
      { act: 'create', resource: resources.persistentVolumes, object: volume },
      {
        act: 'event',
        resource: resources.persistentVolumeClaims,
        object: claim,
        type: 'Normal',
        reason: 'ProvisioningSucceeded',
        message: `Successfully provisioned volume ${name}`,
      },
    ],
  };
};

/** What becomes of a dynamically made volume: nothing, a write, or the deletion on the storage followed by `forgetVolume`. */
export type ReclaimStep = { kind: 'write'; decision: Decision } | { kind: 'delete-on-storage' };

/**
 * As the external provisioner: only volumes it made, with policy Delete. They go when they are released, and when somebody
 * deleted the PV itself once it is no longer bound; its finalizer keeps the PV until the storage has answered.
 */
export const decideReclaim = (volume: PersistentVolume, driverName: string): ReclaimStep => {
  const write = (decision: Decision): ReclaimStep => ({ kind: 'write', decision });
  if (annotationOf(volume, volumeNames.provisionedBy) !== driverName) return write(settled);
  const finalizer = volumeNames.provisionerFinalizer;
  const isHeld = volume.metadata.finalizers?.includes(finalizer) === true;
  const isDeleting = volume.metadata.deletionTimestamp !== undefined;
  if (volume.spec?.persistentVolumeReclaimPolicy !== 'Delete') {
    // The policy was changed: what is kept must not hold up the deletion of its PV.
    return write(isHeld ? only(withoutFinalizer(resources.persistentVolumes, volume, finalizer)) : settled);
  }
  if (!isHeld && !isDeleting)
    return write(only(withFinalizer(resources.persistentVolumes, volume, finalizer)));
  const isUnused = volume.status?.phase === 'Released' || (isDeleting && volume.status?.phase !== 'Bound');
  return isHeld && isUnused ? { kind: 'delete-on-storage' } : write(settled);
};

/** After the storage deleted the volume: the PV may go, too. */
export const forgetVolume = (volume: PersistentVolume): Decision =>
  volume.metadata.deletionTimestamp === undefined
    ? only({ act: 'delete', resource: resources.persistentVolumes, object: volume })
    : only(withoutFinalizer(resources.persistentVolumes, volume, volumeNames.provisionerFinalizer));
