import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import { type Decision, only, settled } from '../runtime/decision.ts';
import { annotationOf, volumeNames } from './storage-objects.ts';

/** All that the binder knows about one volume. */
export type VolumeFacts = {
  volume: PersistentVolume;
  /** The claim that `spec.claimRef` names by namespace and name, whatever its uid; read live where the cache has none. */
  claim: PersistentVolumeClaim | undefined;
  /** RFC 3339, in seconds. */
  now: string;
};

const volumes = resources.persistentVolumes;

const setPhase = ({ volume, now }: VolumeFacts, phase: string): Decision =>
  volume.status?.phase === phase
    ? settled
    : only({
        act: 'patch',
        resource: volumes,
        object: volume,
        body: { status: { phase, lastPhaseTransitionTime: now } },
        subresource: 'status',
      });

/** The claim went to another volume: what the binder wrote is taken back, what a person reserved stays reserved. */
const unbind = ({ volume }: VolumeFacts): Decision => {
  const byBinder = annotationOf(volume, volumeNames.boundByController) !== undefined;
  const body = byBinder
    ? { metadata: { annotations: { [volumeNames.boundByController]: null } }, spec: { claimRef: null } }
    : { spec: { claimRef: { uid: null, resourceVersion: null } } };
  return only({ act: 'patch', resource: volumes, object: volume, body });
};

const release = (facts: VolumeFacts): Decision => {
  const isOver = ['Released', 'Failed'].includes(facts.volume.status?.phase ?? '');
  return isOver ? settled : setPhase(facts, 'Released');
};

/** The next step for one volume, as Kubernetes' persistent volume binder takes it. */
export const decideVolume = (facts: VolumeFacts): Decision => {
  const { volume } = facts;
  const reference = volume.spec?.claimRef;
  if (reference === undefined || (reference.uid ?? '') === '') return setPhase(facts, 'Available');
  const claim = facts.claim?.metadata.uid === reference.uid ? facts.claim : undefined;
  if (claim === undefined) return release(facts);
  const bound = claim.spec?.volumeName ?? '';
  // Bound from the volume's side only: the claim's turn comes, and its change brings us back.
  if (bound === '') return settled;
  if (bound === volume.metadata.name) return setPhase(facts, 'Bound');
  const isDynamic = annotationOf(volume, volumeNames.provisionedBy) !== undefined;
  if (isDynamic && volume.spec?.persistentVolumeReclaimPolicy === 'Delete') return release(facts);
  return unbind(facts);
};
