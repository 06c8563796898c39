import { DrError } from '../../core/model/error.ts';
import { advance } from './advance.ts';
import { type Answer, type Nothing, refuse } from './answer.ts';
import { disableMirroring, enableMirroring } from './change-mirroring.ts';
import { readBytes, writeBytes } from './content.ts';
import { demoteVolume } from './demote.ts';
import { type Destination, getDestination } from './destination.ts';
import { type MirrorStatus, readMirrorStatus } from './mirror-status.ts';
import { promoteVolume } from './promote.ts';
import {
  type CreatedVolume,
  type CreateRequest,
  createVolume,
  deleteVolume,
  type PublishRequest,
  publishVolume,
  unpublishVolume,
} from './provision.ts';
import { getReplicationInfo, type ReplicationInfo } from './replication-info.ts';
import type { VolumeRequest } from './request.ts';
import { type ResyncResponse, resyncVolume } from './resync.ts';
import { formatVolumeHandle, imageNameOf, parseVolumeHandle } from './volume-handle.ts';
import type { Copy, SiteIndex, Volume, World } from './world.ts';

/** One volume as a site has it. */
export type StoredVolume = {
  readonly volumeId: string;
  readonly sizeBytes: number;
  readonly role: 'primary' | 'secondary' | 'none';
  /** When the last whole mirror snapshot that this site holds was taken, in milliseconds; undefined while there is none. */
  readonly snapshotAt: number | undefined;
  readonly publishedOn: readonly string[];
};

/** Calls of a CSI driver with replication. A frozen site answers Unavailable. */
export type VolumeOperations = {
  createVolume(request: CreateRequest): Answer<CreatedVolume>;
  deleteVolume(request: VolumeRequest): Answer<Nothing>;
  publish(request: PublishRequest): Answer<Nothing>;
  unpublish(request: PublishRequest): Answer<Nothing>;
  enable(request: VolumeRequest): Answer<Nothing>;
  disable(request: VolumeRequest): Answer<Nothing>;
  promote(request: VolumeRequest): Answer<Nothing>;
  demote(request: VolumeRequest): Answer<Nothing>;
  resync(request: VolumeRequest): Answer<ResyncResponse>;
  info(request: VolumeRequest): Answer<ReplicationInfo>;
  destination(request: VolumeRequest): Answer<Destination>;
};

/** The array of one site. Reading and writing fail with a DrError; calls of a driver answer with a code. */
export type SiteArray = VolumeOperations & {
  readonly name: string;
  readonly frozen: boolean;
  /** Stops the site's daemons and answers, or lets them go on as if no time had been lost. */
  setFrozen(frozen: boolean): void;
  /** Settles when the site is not frozen, at once or once it thaws. */
  thawed(): Promise<void>;
  /** What a pod would read; on a secondary that is the last whole snapshot. */
  read(volumeId: string, range: { readonly offset: number; readonly length: number }): Uint8Array;
  /** What a pod would write; refused on a secondary. */
  write(volumeId: string, offset: number, bytes: Uint8Array): void;
  /** What `rbd mirror image status` prints there, or its error text. */
  mirrorStatus(volumeId: string): MirrorStatus | string;
  volumes(): StoredVolume[];
};

const operations = {
  createVolume,
  deleteVolume,
  publish: publishVolume,
  unpublish: unpublishVolume,
  enable: enableMirroring,
  disable: disableMirroring,
  promote: promoteVolume,
  demote: demoteVolume,
  resync: resyncVolume,
  info: getReplicationInfo,
  destination: getDestination,
};

/** The array of one site of a world. `change` wraps every change of who hears whom. */
export const createSiteArray = (
  world: World,
  site: SiteIndex,
  change: (apply: () => void) => void,
): SiteArray => {
  const own = world.sites[site];
  const waiting = new Set<() => void>();
  return {
    ...bindOperations(world, site),
    name: own.name,
    get frozen() {
      return own.frozen;
    },
    setFrozen: (frozen) => {
      change(() => Object.assign(own, { frozen }));
      if (frozen) return;
      for (const wake of waiting) wake();
      waiting.clear();
    },
    thawed: () => (own.frozen ? new Promise<void>((resolve) => waiting.add(resolve)) : Promise.resolve()),
    read: (volumeId, { offset, length }) => {
      const { copy, volume } = openForIo(world, site, volumeId);
      checkRange(volume, offset, length);
      return readBytes(copy.head.blocks, offset, length);
    },
    write: (volumeId, offset, bytes) => {
      const { copy, volume } = openForIo(world, site, volumeId);
      checkRange(volume, offset, bytes.length);
      checkWritable(copy, volumeId, own.name);
      writeBytes(copy.head, offset, bytes);
      if (copy.mirror !== undefined) copy.dirtySince ??= volume.clock;
    },
    mirrorStatus: (volumeId) => readStatus(world, site, volumeId),
    volumes: () => listVolumes(world, site),
  };
};

/** The driver itself knows its locks: a call for a busy volume is answered although the storage is frozen. */
const bindOperations = (world: World, site: SiteIndex): VolumeOperations => {
  const { name } = world.sites[site];
  const bound = Object.entries(operations).map(([rpc, operation]) => [
    rpc,
    (request: { readonly busy?: boolean }) =>
      world.sites[site].frozen && request.busy !== true
        ? refuse('Unavailable', `the storage of ${name} does not answer`)
        : operation(world, site, request as never),
  ]);
  return Object.fromEntries(bound) as VolumeOperations;
};

const openForIo = (world: World, site: SiteIndex, volumeId: string): { copy: Copy; volume: Volume } => {
  const { name, frozen } = world.sites[site];
  if (frozen) {
    throw new DrError({ code: 'StorageUnavailable', message: `the storage of ${name} does not answer` });
  }
  const volume = findVolume(world, volumeId);
  const copy = volume?.sides[site].copy;
  if (volume !== undefined && copy !== undefined) return { copy, volume };
  throw new DrError({ code: 'VolumeNotFound', message: `${name} has no volume ${volumeId}` });
};

const findVolume = (world: World, volumeId: string): Volume | undefined => {
  const handle = parseVolumeHandle(volumeId);
  const volume = 'malformed' in handle ? undefined : world.volumes.get(handle.uuid);
  if (volume !== undefined) advance(world, volume, world.settings.now());
  return volume;
};

const checkRange = ({ sizeBytes }: Volume, offset: number, length: number): void => {
  if (Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= sizeBytes) return;
  throw new DrError({
    code: 'OutOfRange',
    message: `bytes ${offset} to ${offset + length} are not within the volume's ${sizeBytes} bytes`,
  });
};

const checkWritable = ({ mirror }: Copy, volumeId: string, site: string): void => {
  if (mirror?.role !== 'secondary') return;
  throw new DrError({
    code: 'ReadOnlyVolume',
    message: `volume ${volumeId} is secondary on ${site}: it takes no writes`,
    hint: 'write on the site where it is primary',
  });
};

const readStatus = (world: World, site: SiteIndex, volumeId: string): MirrorStatus | string => {
  const volume = findVolume(world, volumeId);
  const handle = parseVolumeHandle(volumeId);
  const imageName = 'malformed' in handle ? volumeId : imageNameOf(handle);
  if (world.sites[site].frozen) return "rbd: couldn't connect to the cluster!";
  return readMirrorStatus(world, { site, volume, imageName, at: world.settings.now() });
};

const listVolumes = (world: World, site: SiteIndex): StoredVolume[] => {
  const { clusterId, poolIds, now } = world.settings;
  const at = now();
  return [...world.volumes.values()].flatMap((volume) => {
    advance(world, volume, at);
    const { copy } = volume.sides[site];
    if (copy === undefined) return [];
    return [
      {
        volumeId: formatVolumeHandle({ clusterId, poolId: poolIds[site], uuid: volume.uuid }),
        sizeBytes: volume.sizeBytes,
        role: copy.mirror?.role ?? 'none',
        snapshotAt: copy.mirror?.sequence ? copy.mirror.snapshotAt : undefined,
        publishedOn: [...copy.publishedOn],
      } as const,
    ];
  });
};
