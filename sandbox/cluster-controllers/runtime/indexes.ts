import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import type { Resource } from '../../../core/model/resource.ts';
import { resources } from '../../../core/model/resource.ts';
import { claimKeyOfVolume, storageClassNameOf, type VolumeAttachment } from '../volumes/storage-objects.ts';
import { claimKeysOfPod, controllerOf, type Pod } from '../workloads/workload-objects.ts';

/** The values under which an object is found. */
export type IndexFunction = (object: KubernetesObject) => readonly string[];

/** One kind that the controllers keep in memory, with its indexes by name. */
export type CachedKind = { resource: Resource; indexes: Readonly<Record<string, IndexFunction>> };

const present = (value: string | undefined): string[] => (value === undefined || value === '' ? [] : [value]);

const byOwner: IndexFunction = (object) => present(controllerOf(object)?.uid);

/** Every kind that a controller reads from memory. Whatever else there is, only the garbage collector sees. */
export const cachedKinds = [
  {
    resource: resources.persistentVolumes,
    indexes: {
      /** `namespace/name` of the claim in claimRef. */
      claim: (object) => present(claimKeyOfVolume(object as PersistentVolume)),
      /** Class of a volume that names no claim; `-` for none. */
      open: (object) =>
        (object as PersistentVolume).spec?.claimRef === undefined
          ? [storageClassNameOf(object as PersistentVolume) || '-']
          : [],
    },
  },
  {
    resource: resources.persistentVolumeClaims,
    indexes: {
      /** Name of the volume in spec.volumeName. */
      volume: (object) => present((object as PersistentVolumeClaim).spec?.volumeName),
      /** Class of a claim that names no volume; `-` for none. */
      open: (object) => {
        const claim = object as PersistentVolumeClaim;
        return (claim.spec?.volumeName ?? '') === '' ? [storageClassNameOf(claim) || '-'] : [];
      },
    },
  },
  {
    resource: resources.pods,
    indexes: {
      /** `namespace/name` of each claim that the pod mounts. */
      claim: (object) => claimKeysOfPod(object as Pod),
      owner: byOwner,
    },
  },
  {
    resource: resources.volumeAttachments,
    indexes: {
      volume: (object) => present((object as VolumeAttachment).spec?.source?.persistentVolumeName),
    },
  },
  { resource: resources.storageClasses, indexes: {} },
  { resource: resources.nodes, indexes: {} },
  { resource: resources.namespaces, indexes: {} },
  { resource: resources.serviceAccounts, indexes: {} },
  { resource: resources.customResourceDefinitions, indexes: {} },
  { resource: resources.deployments, indexes: {} },
  { resource: resources.replicaSets, indexes: { owner: byOwner } },
  { resource: resources.statefulSets, indexes: {} },
  { resource: resources.daemonSets, indexes: {} },
  { resource: resources.jobs, indexes: { owner: byOwner } },
] as const satisfies readonly CachedKind[];
