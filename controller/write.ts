import { consentAnnotation } from '../core/consent.ts';
import { usesAnnotation } from '../core/consent-use.ts';
import { demotionAnnotation } from '../core/following/demotion.ts';
import type { PersistentVolumeClaim } from '../core/model/persistent-volume.ts';
import { resources } from '../core/model/resource.ts';
import { replicationNames, type VolumeReplication } from '../core/model/volume-replication.ts';
import type { Cluster, ObjectKey } from '../kube/cluster.ts';

/** The writes of the controller: each one request, each with the precondition that keeps it from undoing another's. */
export type Writer = {
  addFinalizer(replication: VolumeReplication): Promise<VolumeReplication>;
  removeFinalizer(replication: VolumeReplication): Promise<VolumeReplication>;
  removeConsent(replication: VolumeReplication): Promise<VolumeReplication>;
  recordConsent(replication: VolumeReplication, text: string): Promise<VolumeReplication>;
  markDemotion(replication: VolumeReplication, text: string): Promise<VolumeReplication>;
  claim(claim: PersistentVolumeClaim, owner: VolumeReplication): Promise<PersistentVolumeClaim>;
  release(claim: PersistentVolumeClaim): Promise<PersistentVolumeClaim>;
  writeStatus(replication: VolumeReplication, patch: Record<string, unknown>): Promise<VolumeReplication>;
};

const fieldManager = 'dr-controller';

const keyOf = ({ metadata }: { metadata: { name?: string; namespace?: string } }): ObjectKey => ({
  name: metadata.name ?? '',
  namespace: metadata.namespace ?? '',
});

/**
 * Merge patches. Where a list is replaced as a whole (finalizers), the resourceVersion it was read at goes along, so that
 * the server answers Conflict instead of losing somebody else's entry.
 */
export const createWriter = (cluster: Cluster): Writer => {
  const patchReplication = (replication: VolumeReplication, metadata: Record<string, unknown>) =>
    cluster.patch<VolumeReplication>(
      resources.volumeReplications,
      keyOf(replication),
      { metadata: { ...metadata, resourceVersion: replication.metadata.resourceVersion } },
      { type: 'merge', fieldManager },
    );
  const patchClaim = (claim: PersistentVolumeClaim, metadata: Record<string, unknown>) =>
    cluster.patch<PersistentVolumeClaim>(
      resources.persistentVolumeClaims,
      keyOf(claim),
      { metadata: { ...metadata, resourceVersion: claim.metadata.resourceVersion } },
      { type: 'merge', fieldManager },
    );
  const without = (finalizers: readonly string[] = [], gone: string): string[] =>
    finalizers.filter((finalizer) => finalizer !== gone);

  return {
    addFinalizer: (replication) =>
      patchReplication(replication, {
        finalizers: [...(replication.metadata.finalizers ?? []), replicationNames.finalizer],
      }),
    removeFinalizer: (replication) =>
      patchReplication(replication, {
        finalizers: without(replication.metadata.finalizers, replicationNames.finalizer),
      }),
    removeConsent: (replication) =>
      patchReplication(replication, { annotations: { [consentAnnotation]: null } }),
    recordConsent: (replication, text) =>
      patchReplication(replication, { annotations: { [usesAnnotation]: text } }),
    markDemotion: (replication, text) =>
      patchReplication(replication, { annotations: { [demotionAnnotation]: text } }),
    claim: (claim, owner) =>
      patchClaim(claim, {
        annotations: { [replicationNames.pvcOwnerAnnotation]: owner.metadata.name },
        finalizers: [
          ...without(claim.metadata.finalizers, replicationNames.pvcFinalizer),
          replicationNames.pvcFinalizer,
        ],
      }),
    release: (claim) =>
      patchClaim(claim, {
        annotations: { [replicationNames.pvcOwnerAnnotation]: null },
        finalizers: without(claim.metadata.finalizers, replicationNames.pvcFinalizer),
      }),
    // The status has one writer, so no precondition: a spec that changes meanwhile must not make the work be done again.
    writeStatus: (replication, patch) =>
      cluster.patch<VolumeReplication>(
        resources.volumeReplications,
        keyOf(replication),
        { metadata: { uid: replication.metadata.uid }, status: patch },
        { type: 'merge', subresource: 'status', fieldManager },
      ),
  };
};
