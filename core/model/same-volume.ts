import { cephServiceOf, readCephHandle } from './ceph-handle.ts';
import { type VolumeIdentity, volumeIdentityKey } from './persistent-volume.ts';

/** Whether two PVs, most often of two sites, are of one volume. `maybe` is unknown to every rule: neither yes nor no. */
export type Sameness = 'same' | 'other' | 'maybe';

/** A volume as one site shows it. */
export type SeenVolume = VolumeIdentity & {
  /** The handle that it has on the other site, where something tells that (`handle-there.ts`). */
  readonly destination?: string | undefined;
};

type Check = (a: SeenVolume, b: SeenVolume) => Sameness | undefined;

const isSameKey: Check = (a, b) => (volumeIdentityKey(a) === volumeIdentityKey(b) ? 'same' : undefined);

/** Two handles of ceph-csi that name two images are two volumes, whatever somebody wrote on one of them. */
const nameTwoImages: Check = (a, b) =>
  [a, b].every(
    (it) => cephServiceOf(it.driver) !== undefined && readCephHandle(it.volumeHandle) !== undefined,
  )
    ? 'other'
    : undefined;

/** Whoever replicates it, or the restore that made one of the two, says what it is called over there. */
const isDestination: Check = (a, b) =>
  a.destination === b.volumeHandle || b.destination === a.volumeHandle ? 'same' : undefined;

/** Handles that both name an image name two, and neither of rbd is one of cephfs. What somebody has made by hand names none. */
const areTwoImages: Check = (a, b) => {
  const [first, second] = [cephServiceOf(a.driver), cephServiceOf(b.driver)];
  if (first === undefined || second === undefined) return undefined;
  const areRead = [a, b].every(({ volumeHandle }) => readCephHandle(volumeHandle) !== undefined);
  return first !== second || areRead ? 'other' : 'maybe';
};

/** A driver can go by another name on each site, and then nothing but the handle is left to compare. */
const areTwoDrivers: Check = (a, b) => {
  if (a.driver === b.driver) return undefined;
  return a.volumeHandle === b.volumeHandle ? 'maybe' : 'other';
};

const checks: readonly Check[] = [isSameKey, nameTwoImages, isDestination, areTwoImages, areTwoDrivers];

/**
 * The one place that says whether two volumes are one. Drivers may name a copy on each site in their own way, so that two handles of one
 * driver that nobody understands may be the same volume.
 */
export const compareVolumes = (a: SeenVolume, b: SeenVolume): Sameness => {
  for (const check of checks) {
    const found = check(a, b);
    if (found !== undefined) return found;
  }
  return 'maybe';
};

/** What differs in the names of one volume on two sites, as one clause; undefined where it is called the same. */
export const whatDiffers = (a: VolumeIdentity, b: VolumeIdentity): string | undefined => {
  const [first, second] = [a, b].map(({ volumeHandle }) => readCephHandle(volumeHandle));
  const names: readonly (readonly [string, string | undefined, string | undefined])[] =
    first === undefined || second === undefined
      ? [['volume handle', a.volumeHandle, b.volumeHandle]]
      : [
          ['cluster id', first.clusterId, second.clusterId],
          ['pool id', first.poolId.replace(/^0+/, ''), second.poolId.replace(/^0+/, '')],
        ];
  const differing = [...names, ['driver', a.driver, b.driver] as const]
    .filter(([, one, other]) => one !== other)
    .map(([what, one, other]) => `${what} ${one} and ${other}`);
  return differing.length === 0 ? undefined : differing.join(', ');
};
