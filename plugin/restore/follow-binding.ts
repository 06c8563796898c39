import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import { claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import { type Binding, decideBinding } from '../../core/restore/decide-binding.ts';
import type { WantedVolume } from '../../core/restore/wanted.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';

/** Whose claims and PVs to follow, and who is told. */
export type FollowOptions = {
  readonly site: Site;
  readonly volumes: readonly WantedVolume[];
  readonly io: Pick<Io, 'random' | 'now'>;
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** Something about this volume may have changed. */
  readonly onChange: (volume: WantedVolume) => void;
  /** An attempt to list or watch failed; it is tried again. */
  readonly onFailure: (error: unknown) => void;
};

/** The binding of volumes, as it is now. */
export type FollowedBinding = {
  /** Settles once everything was listed. */
  readonly synced: Promise<unknown>;
  readonly bindingOf: (volume: WantedVolume) => Binding;
};

/** Of every PV of the cluster, what binding is about. */
const slimVolume = ({ metadata, spec, status }: PersistentVolume): PersistentVolume => {
  const { name, uid, resourceVersion } = metadata;
  const { csi, claimRef } = spec ?? {};
  return {
    metadata: {
      ...(name !== undefined && { name }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    spec: {
      ...(csi !== undefined && { csi: { driver: csi.driver, volumeHandle: csi.volumeHandle } }),
      ...(claimRef !== undefined && { claimRef }),
    },
    ...(status !== undefined && { status }),
  };
};

/** Follows PVs by one list and one watch, and claims by one of each for every namespace, however many volumes there are. */
export const followBinding = async ({
  site,
  volumes,
  io,
  signal,
  onChange,
  onFailure,
}: FollowOptions): Promise<FollowedBinding> => {
  const { followObjects } = await import('../door/follow-objects.ts');
  const shared = { cluster: site.cluster, signal, onFailure, random: io.random, now: io.now };
  const byClaim = new Map(volumes.map((volume) => [claimKeyText(keyOfClaim(volume.claim)), volume]));
  const byVolume = new Map(volumes.map((volume) => [volume.volume.metadata.name, volume]));
  const tell = (volume: WantedVolume | undefined): void => {
    if (volume !== undefined) onChange(volume);
  };
  const followed = followObjects<PersistentVolume>({
    ...shared,
    resource: resources.persistentVolumes,
    transform: slimVolume,
    onChange: ({ object }) => tell(byVolume.get(object.metadata.name)),
  });
  const claimsIn = (namespace: string) =>
    followObjects<PersistentVolumeClaim>({
      ...shared,
      resource: resources.persistentVolumeClaims,
      namespace,
      onChange: ({ object }) => tell(byClaim.get(claimKeyText(keyOfClaim(object)))),
    });
  const namespaces = new Set(volumes.map(({ claim }) => claim.metadata.namespace ?? ''));
  const claims = new Map([...namespaces].map((namespace) => [namespace, claimsIn(namespace)]));
  return {
    synced: Promise.all([followed, ...claims.values()].map(({ synced }) => synced)),
    bindingOf: (wanted) => {
      const { namespace, name } = keyOfClaim(wanted.claim);
      return decideBinding({
        wanted,
        volume: followed.get({ name: wanted.volume.metadata.name ?? '' }),
        claim: claims.get(namespace)?.get({ name, namespace }),
      });
    },
  };
};
