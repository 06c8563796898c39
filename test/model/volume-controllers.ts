// What a cluster's own controllers do with PVs: claims are bound, new volumes are provisioned, and what is released is deleted.
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';
import { driverName } from './simulated-controller.ts';
import { type SimulatedStorage, type SiteNumber, secrets } from './simulated-storage.ts';

type Parts = {
  readonly cluster: SimulatedCluster;
  readonly storage: SimulatedStorage;
  readonly site: SiteNumber;
};

const claimOf = ({ cluster }: Parts, { spec }: PersistentVolume): PersistentVolumeClaim | undefined =>
  cluster.find(resources.persistentVolumeClaims, {
    namespace: spec?.claimRef?.namespace ?? '',
    name: spec?.claimRef?.name ?? '',
  });

/** A PV and its claim name each other: the PV holds on to this very claim from then on. */
const bind = ({ cluster }: Parts, volume: PersistentVolume, claim: PersistentVolumeClaim): void => {
  const { name = '', namespace = '', uid = '' } = claim.metadata;
  cluster.store(resources.persistentVolumes, {
    ...volume,
    spec: { ...volume.spec, claimRef: { namespace, name, uid } },
    status: { phase: 'Bound' },
  });
  const spec = { ...claim.spec, volumeName: volume.metadata.name ?? '' };
  cluster.store(resources.persistentVolumeClaims, { ...claim, spec, status: { phase: 'Bound' } });
};

/** The provisioner deletes the image of a released PV that is not to be kept, and then the PV. */
const release = ({ cluster, storage, site }: Parts, volume: PersistentVolume): void => {
  const { name = '' } = volume.metadata;
  if (volume.status?.phase !== 'Released')
    cluster.store(resources.persistentVolumes, { ...volume, status: { phase: 'Released' } });
  if (volume.spec?.persistentVolumeReclaimPolicy !== 'Delete') return;
  const volumeId = volume.spec.csi?.volumeHandle ?? '';
  const { code } = storage.arrays[site].deleteVolume({ volumeId, secrets });
  if (code === 'OK') cluster.remove(resources.persistentVolumes, { name });
};

const actOnVolume = (parts: Parts, volume: PersistentVolume): void => {
  const { claimRef } = volume.spec ?? {};
  if (claimRef === undefined) return;
  const claim = claimOf(parts, volume);
  if (claimRef.uid === undefined) {
    const names = claim?.spec?.volumeName;
    if (claim !== undefined && (names === undefined || names === volume.metadata.name))
      bind(parts, volume, claim);
    return;
  }
  if (claim?.metadata.uid !== claimRef.uid || claim.spec?.volumeName !== volume.metadata.name)
    release(parts, volume);
};

/** A claim that names no volume takes one that is free, or gets a new, empty one. */
const provide = (parts: Parts, claim: PersistentVolumeClaim): void => {
  const { cluster, storage, site } = parts;
  const free = cluster
    .all<PersistentVolume>(resources.persistentVolumes)
    .find(({ spec }) => spec?.claimRef === undefined);
  if (free !== undefined) {
    bind(parts, free, claim);
    return;
  }
  const name = `pvc-${claim.metadata.uid}`;
  const made = storage.arrays[site].createVolume({ name, sizeBytes: 1_048_576, secrets });
  if (made.code !== 'OK') return;
  bind(
    parts,
    {
      metadata: { name },
      spec: {
        csi: { driver: driverName, volumeHandle: made.response.volumeId },
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'sc',
      },
    },
    claim,
  );
};

/** One round of the PV controller and the provisioner of a site. */
export const actOnVolumes = (parts: Parts): void => {
  const { cluster } = parts;
  for (const volume of cluster.all<PersistentVolume>(resources.persistentVolumes)) actOnVolume(parts, volume);
  for (const claim of cluster.all<PersistentVolumeClaim>(resources.persistentVolumeClaims))
    if (claim.spec?.volumeName === undefined) provide(parts, claim);
};
