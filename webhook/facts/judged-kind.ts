import { type Resource, resources } from '../../core/model/resource.ts';
import type { AdmissionRequest } from '../admission-request.ts';

const judged = {
  VolumeReplication: resources.volumeReplications,
  VolumeGroupReplication: resources.volumeGroupReplications,
  VolumeReplicationClass: resources.volumeReplicationClasses,
  VolumeGroupReplicationClass: resources.volumeGroupReplicationClasses,
  StorageClass: resources.storageClasses,
  PersistentVolume: resources.persistentVolumes,
  PersistentVolumeClaim: resources.persistentVolumeClaims,
  Namespace: resources.namespaces,
  Operation: resources.operations,
  CustomResourceDefinition: resources.customResourceDefinitions,
} as const satisfies Record<string, Resource>;

/** The kinds that a rule may look at. */
export type JudgedKind = keyof typeof judged;

/** Which of the judged kinds a request is about; undefined for any other, and for subresources: no rule looks at those. */
export const judgedKindOf = ({ resource, subResource }: AdmissionRequest): JudgedKind | undefined => {
  if (subResource !== '') return undefined;
  const kinds = Object.keys(judged) as JudgedKind[];
  return kinds.find(
    (kind) => judged[kind].group === resource.group && judged[kind].plural === resource.resource,
  );
};
