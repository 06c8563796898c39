/** What the driver makes of a claim. */
export type NewVolume = {
  volumeHandle: string;
  capacityBytes: number;
  attributes: Record<string, string>;
};

/** How a volume is going to be used. */
export type VolumeUse = {
  accessModes: readonly string[];
  /** A raw device instead of a file system. */
  isBlock: boolean;
  fsType: string;
};

export type VolumeOrder = {
  name: string;
  capacityBytes: number;
  parameters: Record<string, string>;
  secrets: Record<string, string>;
  use: VolumeUse;
  /** The volume to be cloned. */
  sourceHandle?: string;
};

/** What the provisioner and the attacher need of a CSI driver. Methods reject with an Error whose message is the driver's. */
export interface StorageDriver {
  readonly name: string;
  createVolume(order: VolumeOrder, signal: AbortSignal): Promise<NewVolume>;
  /** Deleting what is gone succeeds. */
  deleteVolume(volumeHandle: string, secrets: Record<string, string>, signal: AbortSignal): Promise<void>;
  publishVolume(volumeHandle: string, nodeName: string, use: VolumeUse, signal: AbortSignal): Promise<void>;
  unpublishVolume(volumeHandle: string, nodeName: string, signal: AbortSignal): Promise<void>;
}

/** Why a volume cannot be mounted for writing on this site right now; undefined where it can. */
export type FindMountObstacle = (volumeHandle: string) => string | undefined;
