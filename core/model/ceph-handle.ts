/** What a handle of ceph-csi says: `<version>-<length of the cluster id>-<cluster id>-<pool or file system id>-<uuid>`. */
export type CephHandle = {
  readonly clusterId: string;
  readonly poolId: string;
  /** Names the image, `csi-vol-<uuid>`: mirroring carries the name over, so that both sites have it. */
  readonly uuid: string;
};

const tail = /^-([0-9a-f]{16})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Reads a handle; undefined for any other, as of a volume that somebody has made by hand. */
export const readCephHandle = (handle: string): CephHandle | undefined => {
  const head = /^[0-9a-f]{4}-([0-9a-f]{4})-/i.exec(handle);
  if (head?.[1] === undefined) return undefined;
  const end = head[0].length + Number.parseInt(head[1], 16);
  const [, poolId, uuid] = tail.exec(handle.slice(end)) ?? [];
  return poolId === undefined || uuid === undefined
    ? undefined
    : { clusterId: handle.slice(head[0].length, end), poolId, uuid: uuid.toLowerCase() };
};

/**
 * What a driver of ceph-csi serves, whatever it is called on a cluster: Rook puts the namespace of its operator in front of the name.
 * Undefined for any other driver.
 */
export const cephServiceOf = (driver: string): string | undefined =>
  /(?:^|\.)((?:rbd|cephfs|nfs)\.csi\.ceph\.com)$/.exec(driver)?.[1];
