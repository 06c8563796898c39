/** What a volume handle in ceph-csi's encoded format says. */
export type VolumeHandle = {
  readonly clusterId: string;
  readonly poolId: number;
  /** Names the image: `csi-vol-<uuid>`. */
  readonly uuid: string;
};

const ENCODING_VERSION = '0001';
const UUID_LENGTH = 36;
/** Version, length of the cluster id, pool id and uuid, with their dashes. */
const SHORTEST_HANDLE = 4 + 1 + 4 + 1 + 1 + 16 + 1 + UUID_LENGTH;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Writes a handle, e.g. `0001-0009-rook-ceph-0000000000000002-<uuid>`. */
export const formatVolumeHandle = ({ clusterId, poolId, uuid }: VolumeHandle): string =>
  [ENCODING_VERSION, hex(clusterId.length, 4), clusterId, hex(poolId, 16), uuid].join('-');

/** Reads a handle; what cannot be read is told as ceph-csi tells it. */
export const parseVolumeHandle = (text: string): VolumeHandle | { readonly malformed: string } => {
  const underflow = { malformed: 'failed to decode CSI identifier, string underflow' };
  if (text.length < SHORTEST_HANDLE) return underflow;
  const clusterIdLength = Number.parseInt(text.slice(5, 9), 16);
  if (!/^[0-9a-f]{4}-[0-9a-f]{4}-/i.test(text)) {
    return { malformed: 'failed to decode CSI identifier, encoding/hex: invalid byte' };
  }
  const rest = text.slice(10 + clusterIdLength);
  const fields = /^-([0-9a-f]{16})-(.{36})$/i.exec(rest);
  if (rest.length < 1 + 16 + 1 + UUID_LENGTH) return underflow;
  if (fields?.[1] === undefined || fields[2] === undefined) {
    return { malformed: 'failed to decode CSI identifier, string size mismatch' };
  }
  return {
    clusterId: text.slice(10, 10 + clusterIdLength),
    poolId: Number.parseInt(fields[1], 16),
    uuid: fields[2],
  };
};

/** The name of the image behind a handle. */
export const imageNameOf = ({ uuid }: Pick<VolumeHandle, 'uuid'>): string => `csi-vol-${uuid}`;

/** A version 4 UUID from a source of numbers in [0, 1), so that a seeded source gives the same handles again. */
export const randomUuid = (random: () => number): string =>
  'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const digit = Math.floor(random() * 16);
    return (place === 'y' ? (digit & 0x3) | 0x8 : digit).toString(16);
  });
