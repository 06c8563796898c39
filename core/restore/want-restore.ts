import { cleanObject } from '../backup/clean-object.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { type ClaimKey, keyOfClaim } from '../protection/claims-of-volume.ts';
import { withHandleOfTarget } from './map-handle.ts';
import { mapNames, type NameMaps } from './map-names.ts';
import { offerVolume } from './offer-volume.ts';
import type { VolumePair } from './pair-volumes.ts';
import { parkWorkload } from './park-workload.ts';
import type { ReplicationMemory } from './replication-memory.ts';
import { handlingOf } from './restored-kinds.ts';
import { settingsOf, storageClassOf } from './storage-class-of.ts';
import { useTargetClass } from './use-target-class.ts';
import type { Wanted, WantedObject, WantedVolume } from './wanted.ts';

/** What is restored, and how it is to differ from the source. */
export type RestoreOrder = Pick<Wanted, 'sourceClusterUid' | 'existing' | 'claimRef'> & {
  readonly pairs: readonly VolumePair[];
  readonly others: readonly KubernetesObject[];
  readonly maps: NameMaps;
  readonly remembered: ReplicationMemory;
  /** The handle that the volume of a claim has on the other site, where a driver told. */
  readonly handleTold: (claim: ClaimKey) => string | undefined;
  /** The PV of a name on the target. */
  readonly volumeThere: (name: string) => PersistentVolume | undefined;
  /** Uid that a claim had on the source site, where a backup tells it: the objects in it have none. */
  readonly claimUid: (claim: ClaimKey) => string | undefined;
  /** The target's StorageClasses by name; those that could not be read are left out. */
  readonly targetClasses: ReadonlyMap<string, KubernetesObject>;
  /** Namespaces that the target has, or may have. */
  readonly hasNamespace: (name: string) => boolean;
  /** A person's own changes. Throws where one cannot be made. */
  readonly transform: (object: KubernetesObject) => KubernetesObject;
};

/** What the target is to have, and what is to be said about it: one sentence each. */
export type WantedRestore = { readonly wanted: Wanted; readonly warnings: readonly string[] };

const annotated = <T extends KubernetesObject>(object: T, more: Readonly<Record<string, string>>): T =>
  Object.keys(more).length === 0
    ? object
    : {
        ...object,
        metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...more } },
      };

const adaptClaim = (claim: PersistentVolumeClaim, volumeName: string, { maps, remembered }: RestoreOrder) => {
  const moved = mapNames(cleanObject(claim), maps) as PersistentVolumeClaim;
  const named = { ...moved, spec: { ...moved.spec, volumeName } };
  return annotated(named, remembered(keyOfClaim(claim)));
};

const nameHandle = (volume: PersistentVolume, source: ClaimKey, order: RestoreOrder): PersistentVolume =>
  withHandleOfTarget(volume, {
    map: order.maps.volumeHandles,
    told: order.handleTold(source),
    there: order.volumeThere(volume.metadata.name ?? ''),
  });

const adaptVolume = (
  { claim: source, volume }: VolumePair,
  claim: PersistentVolumeClaim,
  order: RestoreOrder,
) => {
  const cleaned = mapNames(cleanObject(volume), order.maps) as PersistentVolume;
  const moved = nameHandle(cleaned, keyOfClaim(source), order);
  const storageClass = order.targetClasses.get(storageClassOf(moved));
  const isItsClass =
    storageClass !== undefined && settingsOf(storageClass).provisioner === moved.spec?.csi?.driver;
  return isItsClass
    ? useTargetClass(settingsOf(storageClass).parameters, { volume: moved, claim })
    : { volume: moved, warnings: [] };
};

/** Offered last: no change of a person's may open a reservation or let the bytes go. */
const wantVolume = (
  pair: VolumePair,
  order: RestoreOrder,
): WantedVolume & { warnings: readonly string[] } => {
  const volumeName = pair.volume.metadata.name ?? '';
  const adaptedClaim = adaptClaim(pair.claim, volumeName, order);
  const { volume: adapted, warnings } = adaptVolume(pair, adaptedClaim, order);
  const claim = order.transform(adaptedClaim) as PersistentVolumeClaim;
  const key: ClaimKey = keyOfClaim(claim);
  return {
    claim: { ...claim, spec: { ...claim.spec, volumeName } },
    volume: offerVolume(order.transform(adapted) as PersistentVolume, key, order.claimRef),
    sourceUids: {
      volume: pair.volume.metadata.uid,
      claim: pair.claim.metadata.uid ?? order.claimUid(keyOfClaim(pair.claim)),
    },
    warnings,
  };
};

const wantObject = (object: KubernetesObject, order: RestoreOrder): WantedObject[] => {
  const handling = handlingOf(object);
  if (handling?.act !== 'restore' || handling.stage === 'volume') return [];
  const { stage } = handling;
  const own = order.transform(mapNames(cleanObject(object), order.maps));
  return [{ stage, object: stage === 'workload' ? parkWorkload(own) : own }];
};

const namespaceCalled = (name: string): WantedObject => ({
  stage: 'namespace',
  object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
});

/** Namespaces that something is restored into, and that neither the source nor the target has. */
const missingNamespaces = (
  volumes: readonly WantedVolume[],
  others: readonly WantedObject[],
  { hasNamespace }: RestoreOrder,
): WantedObject[] => {
  const brought = new Set(
    others.filter(({ stage }) => stage === 'namespace').map(({ object }) => object.metadata.name),
  );
  const used = [...volumes.map(({ claim }) => claim), ...others.map(({ object }) => object)].flatMap(
    ({ metadata }) => metadata.namespace ?? [],
  );
  return [...new Set(used)].filter((name) => !brought.has(name) && !hasNamespace(name)).map(namespaceCalled);
};

/** A class that is called otherwise on the target is there already, under its own name. */
const isReplaced = ({ kind, metadata }: KubernetesObject, { maps }: RestoreOrder): boolean =>
  kind === 'StorageClass' && maps.storageClasses.has(metadata.name ?? '');

/** Cleans what was read and makes it fit the target. */
export const wantRestore = (order: RestoreOrder): WantedRestore => {
  const prepared = order.pairs.map((pair) => wantVolume(pair, order));
  const volumes = prepared.map(({ warnings: _, ...volume }) => volume);
  const others = order.others
    .filter((object) => !isReplaced(object, order))
    .flatMap((object) => wantObject(object, order));
  const { sourceClusterUid, existing, claimRef } = order;
  return {
    wanted: {
      volumes,
      others: [...missingNamespaces(volumes, others, order), ...others],
      sourceClusterUid,
      existing,
      claimRef,
    },
    warnings: prepared.flatMap(({ warnings }) => warnings),
  };
};
