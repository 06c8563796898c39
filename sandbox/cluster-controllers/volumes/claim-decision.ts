import type {
  ClaimReference,
  PersistentVolume,
  PersistentVolumeClaim,
} from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import { type Decision, type Effect, only, settled } from '../runtime/decision.ts';
import {
  annotationOf,
  isVolumeOfClaim,
  type StorageClass,
  storageClassNameOf,
  volumeNames,
  waitsForConsumer,
} from './storage-objects.ts';
import { chooseVolume, findMismatch } from './volume-choice.ts';

/** All that the binder knows about one claim. */
export type ClaimFacts = {
  claim: PersistentVolumeClaim;
  /** The volume that `spec.volumeName` names; undefined where there is none. */
  named: PersistentVolume | undefined;
  /** Volumes that are open or reserved for this claim. */
  candidates: readonly PersistentVolume[];
  storageClass: StorageClass | undefined;
  /** The cluster's default class, for claims that name none. */
  defaultClass: StorageClass | undefined;
};

const claims = resources.persistentVolumeClaims;
const volumes = resources.persistentVolumes;

const event = (
  claim: PersistentVolumeClaim,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): Effect => ({ act: 'event', resource: claims, object: claim, type, reason, message });

const setPhase = (claim: PersistentVolumeClaim, phase: string): Effect[] =>
  claim.status?.phase === phase
    ? []
    : [{ act: 'patch', resource: claims, object: claim, body: { status: { phase } }, subresource: 'status' }];

const pending = (claim: PersistentVolumeClaim, ...events: Effect[]): Decision => ({
  effects: [...setPhase(claim, 'Pending'), ...events],
});

const lose = (claim: PersistentVolumeClaim, reason: string, message: string): Decision => {
  const status = { phase: 'Lost', accessModes: null, capacity: null };
  return claim.status?.phase === 'Lost'
    ? settled
    : {
        effects: [
          { act: 'patch', resource: claims, object: claim, body: { status }, subresource: 'status' },
          event(claim, 'Warning', reason, message),
        ],
      };
};

/** The full reference that a bound volume holds. */
export const referenceTo = (claim: PersistentVolumeClaim): ClaimReference => ({
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  namespace: claim.metadata.namespace ?? '',
  name: claim.metadata.name ?? '',
  uid: claim.metadata.uid ?? '',
  resourceVersion: claim.metadata.resourceVersion ?? '',
});

/** The volume's half of a binding. A reservation that a person made is completed without the binder's mark. */
export const reserveVolume = (volume: PersistentVolume, claim: PersistentVolumeClaim): Effect => {
  const marks = isVolumeOfClaim(volume, claim) ? {} : { [volumeNames.boundByController]: 'yes' };
  return {
    act: 'patch',
    resource: volumes,
    object: volume,
    body: { metadata: { annotations: marks }, spec: { claimRef: referenceTo(claim) } },
  };
};

const completeClaim = (volume: PersistentVolume, claim: PersistentVolumeClaim): Effect => {
  const chosenByBinder = claim.spec?.volumeName !== volume.metadata.name;
  const annotations = {
    [volumeNames.bindCompleted]: 'yes',
    ...(chosenByBinder && { [volumeNames.boundByController]: 'yes' }),
  };
  return {
    act: 'patch',
    resource: claims,
    object: claim,
    body: { metadata: { annotations }, spec: { volumeName: volume.metadata.name } },
  };
};

const hasBoundStatus = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  claim.status?.phase === 'Bound' &&
  claim.status.capacity?.storage === volume.spec?.capacity?.storage &&
  (claim.status.accessModes ?? []).join() === (volume.spec?.accessModes ?? []).join();

/** The next step of a binding: volume first, because its claimRef is what two claims compete for. */
const bind = (volume: PersistentVolume, claim: PersistentVolumeClaim): Decision => {
  if (volume.spec?.claimRef?.uid !== claim.metadata.uid || !isVolumeOfClaim(volume, claim)) {
    return only(reserveVolume(volume, claim));
  }
  const isComplete =
    claim.spec?.volumeName === volume.metadata.name &&
    annotationOf(claim, volumeNames.bindCompleted) !== undefined;
  if (!isComplete) return only(completeClaim(volume, claim));
  if (hasBoundStatus(volume, claim)) return settled;
  const status = {
    phase: 'Bound',
    accessModes: volume.spec?.accessModes ?? [],
    capacity: volume.spec?.capacity ?? {},
  };
  return only({ act: 'patch', resource: claims, object: claim, body: { status }, subresource: 'status' });
};

/** A claim that says it is bound already. Recorded: with a volume that is only reserved for it, it ends Lost. */
const decideCompletedClaim = ({ claim, named }: ClaimFacts): Decision => {
  if ((claim.spec?.volumeName ?? '') === '') {
    return lose(
      claim,
      'ClaimLost',
      'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
    );
  }
  if (named === undefined) {
    return lose(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  }
  if (named.spec?.claimRef === undefined || named.spec.claimRef.uid === claim.metadata.uid) {
    return bind(named, claim);
  }
  return lose(
    claim,
    'ClaimMisbound',
    'Two claims are bound to the same volume, this one is bound incorrectly',
  );
};

const decideNamedClaim = ({ claim, named }: ClaimFacts): Decision => {
  if (named === undefined) return pending(claim);
  const name = named.metadata.name ?? '';
  if (named.spec?.claimRef === undefined) {
    const mismatch = findMismatch(named, claim);
    if (mismatch === undefined) return bind(named, claim);
    return pending(
      claim,
      event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${mismatch}`),
    );
  }
  if (isVolumeOfClaim(named, claim)) return bind(named, claim);
  const message = `volume "${name}" already bound to a different claim.`;
  return pending(claim, event(claim, 'Warning', 'FailedBinding', message));
};

const askProvisioner = (claim: PersistentVolumeClaim, provisioner: string): Decision => {
  const waiting = event(
    claim,
    'Normal',
    'ExternalProvisioning',
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
  );
  if (annotationOf(claim, volumeNames.storageProvisioner) === provisioner) return pending(claim);
  const annotations = {
    [volumeNames.storageProvisioner]: provisioner,
    [volumeNames.betaStorageProvisioner]: provisioner,
  };
  return {
    effects: [
      { act: 'patch', resource: claims, object: claim, body: { metadata: { annotations } } },
      waiting,
    ],
  };
};

const decideUnmatchedClaim = ({ claim, storageClass, defaultClass }: ClaimFacts): Decision => {
  const className = storageClassNameOf(claim);
  if (claim.spec?.storageClassName === undefined && className === '') {
    // A claim that names no class at all gets the default one, also when that one came later.
    const chosen = defaultClass?.metadata.name;
    if (chosen !== undefined) {
      return only({
        act: 'patch',
        resource: claims,
        object: claim,
        body: { spec: { storageClassName: chosen } },
      });
    }
  }
  if (className === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return pending(claim, event(claim, 'Normal', 'FailedBinding', message));
  }
  if (storageClass === undefined) {
    const message = `storageclass.storage.k8s.io "${className}" not found`;
    return pending(claim, event(claim, 'Warning', 'ProvisioningFailed', message));
  }
  if (waitsForConsumer(storageClass) && annotationOf(claim, volumeNames.selectedNode) === undefined) {
    const message = 'waiting for first consumer to be created before binding';
    return pending(claim, event(claim, 'Normal', 'WaitForFirstConsumer', message));
  }
  const provisioner = storageClass.provisioner ?? '';
  if (provisioner.startsWith('kubernetes.io/')) {
    const message = `no volume plugin matched name: ${provisioner}`;
    return pending(claim, event(claim, 'Warning', 'ProvisioningFailed', message));
  }
  return askProvisioner(claim, provisioner);
};

/**
 * The next step for one claim, as Kubernetes' persistent volume binder takes it (recorded from kube-apiserver 1.36 with its
 * controllers: see the cases in the test).
 */
export const decideClaim = (facts: ClaimFacts): Decision => {
  const { claim, candidates, storageClass } = facts;
  if (annotationOf(claim, volumeNames.bindCompleted) !== undefined) return decideCompletedClaim(facts);
  if ((claim.spec?.volumeName ?? '') !== '') return decideNamedClaim(facts);
  if (claim.metadata.deletionTimestamp !== undefined) return settled;
  const chosen = chooseVolume(claim, candidates, waitsForConsumer(storageClass));
  return chosen === undefined ? decideUnmatchedClaim(facts) : bind(chosen, claim);
};
