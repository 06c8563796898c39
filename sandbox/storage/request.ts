// What every call is checked for, in ceph-csi's order: id, credentials, lock, image.
import { advance } from './advance.ts';
import { type Refusal, refuse } from './answer.ts';
import { parseVolumeHandle } from './volume-handle.ts';
import type { Copy, Side, SiteIndex, Volume, World } from './world.ts';

/** The credentials of a call: `userID` and `userKey`. */
export type Secrets = Readonly<Record<string, string>>;

/** One call about one volume. */
export type VolumeRequest = {
  readonly volumeId: string;
  readonly secrets: Secrets;
  /** Parameters of the class, without those of the reserved prefix. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly force?: boolean;
  /** Another call for the same volume is being carried out. */
  readonly busy?: boolean;
};

/** The image that a call is about, on the site that was asked. */
export type Target = {
  readonly world: World;
  readonly volume: Volume;
  readonly site: SiteIndex;
  readonly side: Side;
  readonly copy: Copy;
  readonly at: number;
};

/** Finds the image, or tells why the call goes no further. `checkParameters` runs before the lock, as Enable does it. */
export const findTarget = (
  world: World,
  site: SiteIndex,
  request: VolumeRequest,
  checkParameters: (parameters: Readonly<Record<string, string>>) => Refusal | undefined = () => undefined,
): Target | Refusal => {
  const refusal =
    checkVolumeId(request.volumeId) ??
    checkSecrets(request.secrets) ??
    checkParameters(request.parameters ?? {}) ??
    checkLock(request);
  return refusal ?? openImage(world, site, request);
};

/** The same for calls of a provisioner or attacher: a StorageClass of the sandbox may name no secret. */
export const findProvisioned = (world: World, site: SiteIndex, request: VolumeRequest): Target | Refusal => {
  const refusal = checkVolumeId(request.volumeId) ?? checkGivenSecrets(request.secrets) ?? checkLock(request);
  return refusal ?? openImage(world, site, request);
};

/** Credentials that are given must be whole; none at all are let in. */
export const checkGivenSecrets = (secrets: Secrets): Refusal | undefined =>
  Object.keys(secrets).length === 0 ? undefined : checkSecrets(secrets);

/** Whether a call was refused before it reached an image. */
export const isRefusal = (found: Target | Refusal): found is Refusal => 'code' in found;

const checkVolumeId = (volumeId: string): Refusal | undefined =>
  volumeId === '' ? refuse('InvalidArgument', 'empty volume ID in request') : undefined;

/** The credentials must be there; whether they are right only the cluster can tell. */
const checkSecrets = (secrets: Secrets): Refusal | undefined => {
  if (Object.keys(secrets).length === 0) return refuse('Internal', 'provided secret is empty');
  if (!secrets['userID']) return refuse('Internal', "missing ID field 'userID' in secrets");
  if (!secrets['userKey']) return refuse('Internal', "missing key field 'userKey' in secrets");
  return undefined;
};

/** Whether the cluster lets these credentials in. */
export const isLetIn = ({ settings }: World, secrets: Secrets): boolean =>
  settings.credentials === undefined ||
  Object.keys(secrets).length === 0 ||
  (settings.credentials.userID === secrets['userID'] && settings.credentials.userKey === secrets['userKey']);

const checkLock = ({ busy = false, volumeId }: VolumeRequest): Refusal | undefined =>
  busy ? refuse('Aborted', `an operation with the given Volume ID ${volumeId} already exists`) : undefined;

const openImage = (world: World, site: SiteIndex, request: VolumeRequest): Target | Refusal => {
  const { volumeId } = request;
  const { clusterId, poolIds, now } = world.settings;
  const unopened = (why: string): Refusal =>
    refuse('Internal', `failed to get volume from id "${volumeId}": ${why}`);
  const handle = parseVolumeHandle(volumeId);
  if ('malformed' in handle) {
    return unopened(`invalid VolumeID: error decoding volume ID (${handle.malformed}) (${volumeId})`);
  }
  if (handle.clusterId !== clusterId) {
    const missing = `missing configuration for cluster ID "${handle.clusterId}"`;
    return unopened(`failed to fetch monitor list using clusterID (${handle.clusterId}): ${missing}`);
  }
  if (!isLetIn(world, request.secrets)) {
    const denied = 'connecting failed: rados: ret=-22, Invalid argument';
    return unopened(`failed to establish the connection: failed to get connection: ${denied}`);
  }
  if (handle.poolId !== poolIds[site]) {
    const missing = `pool not found: pool ID (${handle.poolId}) not found in Ceph cluster`;
    return refuse('NotFound', `pool ${handle.poolId} not found for ${volumeId}: ${missing}`);
  }
  const at = now();
  const volume = world.volumes.get(handle.uuid);
  if (volume !== undefined) advance(world, volume, at);
  const side = volume?.sides[site];
  if (volume === undefined || side?.copy === undefined) return imageNotFound(volumeId);
  return { world, volume, site, side, copy: side.copy, at };
};

const imageNotFound = (volumeId: string): Refusal => {
  const cause = 'internal RBD image not found: rbd: ret=-2, No such file or directory';
  return refuse('NotFound', `volume ${volumeId} not found: Failed as image not found (${cause})`);
};
