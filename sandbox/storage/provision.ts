// What a CSI driver does apart from mirroring: making, removing and attaching volumes.
import { type Answer, done, type Nothing, type Refusal, refuse, succeed } from './answer.ts';
import { abandonPeer } from './change-mirroring.ts';
import { contentOf, freezeContent } from './content.ts';
import { createImage, discardImage } from './daemon.ts';
import {
  checkGivenSecrets,
  findProvisioned,
  isLetIn,
  isRefusal,
  type Target,
  type VolumeRequest,
} from './request.ts';
import { formatVolumeHandle, randomUuid } from './volume-handle.ts';
import { type Copy, emptySide, imageSpec, type SiteIndex, type Volume, type World } from './world.ts';

/** A volume asked for by name; the same name on the same site is the same volume. */
export type CreateRequest = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly secrets: Readonly<Record<string, string>>;
  /** The volume whose bytes the new one begins with; an empty one where it is left out. */
  readonly sourceId?: string;
};

/** A volume that was made, or was there. */
export type CreatedVolume = {
  readonly volumeId: string;
  readonly sizeBytes: number;
  readonly context: Readonly<Record<string, string>>;
};

const MEBIBYTE = 1_048_576;
const DEFAULT_BYTES = 1_024 * MEBIBYTE;

/** Makes a volume on one site; the size is rounded up to whole MiB. */
export const createVolume = (
  world: World,
  site: SiteIndex,
  request: CreateRequest,
): Answer<CreatedVolume> => {
  if (request.name === '') return refuse('InvalidArgument', 'volume Name cannot be empty');
  const refusal = checkGivenSecrets(request.secrets) ?? checkAccess(world, request);
  if (refusal !== undefined) return refusal;
  const sizeBytes = Math.ceil((request.sizeBytes || DEFAULT_BYTES) / MEBIBYTE) * MEBIBYTE;
  const known = findByName(world, site, request.name);
  if (known !== undefined && known.sizeBytes !== sizeBytes) {
    const text = `volume with the same name (${request.name}) but with different size already exist`;
    return refuse('AlreadyExists', text);
  }
  if (known !== undefined) return succeed(describe(world, site, known));
  const source = findSource(world, site, request);
  if (source !== undefined && isRefusal(source)) return source;
  const volume = addVolume(world, site, { name: request.name, sizeBytes });
  if (source !== undefined) takeOver(world, volume.sides[site].copy, { volume, source });
  return succeed(describe(world, site, volume));
};

/** The volume to be cloned; undefined where none is asked for. Of a secondary no snapshot can be taken. */
const findSource = (
  world: World,
  site: SiteIndex,
  { sourceId, secrets }: CreateRequest,
): Target | Refusal | undefined => {
  if (sourceId === undefined) return undefined;
  const source = findProvisioned(world, site, { volumeId: sourceId, secrets });
  if (isRefusal(source) || source.copy.mirror?.role !== 'secondary') return source;
  return refuse('Internal', 'failed to create snapshot: rbd: ret=-30, Read-only file system');
};

/** A clone shares the blocks of its source as they are now, by way of an image of its own. */
const takeOver = (
  world: World,
  copy: Copy | undefined,
  { volume, source }: { volume: Volume; source: Target },
): void => {
  if (copy === undefined) return;
  copy.head = contentOf(freezeContent(source.copy.head));
  copy.parent = `${imageSpec(world, volume)}-temp`;
};

const checkAccess = (world: World, { secrets }: CreateRequest): Refusal | undefined =>
  isLetIn(world, secrets)
    ? undefined
    : refuse('Internal', 'failed to get connection: connecting failed: rados: ret=-22, Invalid argument');

const nameKey = (site: SiteIndex, name: string): string => `${site}/${name}`;

const findByName = (world: World, site: SiteIndex, name: string): Volume | undefined => {
  const uuid = world.requestNames.get(nameKey(site, name));
  const volume = uuid === undefined ? undefined : world.volumes.get(uuid);
  return volume?.sides[site].copy === undefined ? undefined : volume;
};

const addVolume = (
  world: World,
  site: SiteIndex,
  { name, sizeBytes }: { name: string; sizeBytes: number },
): Volume => {
  const at = world.settings.now();
  const uuid = randomUuid(world.settings.random);
  const volume: Volume = { uuid, sizeBytes, sides: [emptySide(), emptySide()], clock: at, epochs: 0 };
  volume.sides[site].copy = createImage(at);
  world.volumes.set(uuid, volume);
  world.requestNames.set(nameKey(site, name), uuid);
  return volume;
};

const describe = (
  { settings: { clusterId, poolIds, poolName } }: World,
  site: SiteIndex,
  { uuid, sizeBytes }: Volume,
): CreatedVolume => ({
  volumeId: formatVolumeHandle({ clusterId, poolId: poolIds[site], uuid }),
  sizeBytes,
  context: { clusterID: clusterId, pool: poolName, imageName: `csi-vol-${uuid}` },
});

/**
 * Removes a volume. Of a mirrored one the primary takes the peer's copy with it; a healthy secondary stays, as it is the
 * primary's to remove; a secondary in any other state is not deleted.
 */
export const deleteVolume = (world: World, site: SiteIndex, request: VolumeRequest): Answer<Nothing> => {
  const target = findProvisioned(world, site, request);
  if (isRefusal(target)) return target.code === 'NotFound' ? done() : target;
  if (target.copy.publishedOn.length > 0) {
    return refuse('Internal', `rbd ${imageSpec(world, target.volume)} is still being used`);
  }
  if (target.copy.mirror?.role === 'secondary') return deleteSecondary(target);
  if (target.copy.mirror !== undefined) abandonPeer(target);
  discardImage(target.side);
  forgetIfGone(target);
  return done();
};

const deleteSecondary = ({ side, site }: Target): Answer<Nothing> => {
  const state = side.reports[site]?.state;
  if (state === 'replaying') return done();
  return refuse(
    'Internal',
    `secondary image status is up=${state !== undefined} and state=${state ?? 'unknown'}`,
  );
};

const forgetIfGone = ({ world, volume }: Target): void => {
  if (volume.sides.every(({ copy, rebuild }) => copy === undefined && rebuild === undefined)) {
    world.volumes.delete(volume.uuid);
  }
};

/** A volume and a node. */
export type PublishRequest = VolumeRequest & { readonly nodeId: string };

/** Attaches a volume to a node; an attached primary cannot be demoted. */
export const publishVolume = (world: World, site: SiteIndex, request: PublishRequest): Answer<Nothing> => {
  if (request.nodeId === '') return refuse('InvalidArgument', 'node ID missing in request');
  const target = findProvisioned(world, site, request);
  if (isRefusal(target)) return target;
  const { copy } = target;
  if (!copy.publishedOn.includes(request.nodeId)) copy.publishedOn.push(request.nodeId);
  return done();
};

/** Detaches a volume from a node, or from all nodes when none is named. What is not attached, or gone, is detached. */
export const unpublishVolume = (world: World, site: SiteIndex, request: PublishRequest): Answer<Nothing> => {
  const target = findProvisioned(world, site, request);
  if (isRefusal(target)) return target.code === 'NotFound' ? done() : target;
  const { copy } = target;
  copy.publishedOn = copy.publishedOn.filter((node) => request.nodeId !== '' && node !== request.nodeId);
  return done();
};
