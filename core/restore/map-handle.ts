import { recordedHandle, sourceHandleAnnotation } from '../model/handle-there.ts';
import type { PersistentVolume } from '../model/persistent-volume.ts';

/** Handles on the source site and what they are to be on the target. A star at the end of both stands for the same rest. */
export type HandleMap = readonly { readonly from: string; readonly to: string }[];

/** Whether an entry of a map is about a handle. */
export const isMapped = ({ from }: HandleMap[number], handle: string): boolean =>
  from.endsWith('*') ? handle.startsWith(from.slice(0, -1)) : handle === from;

/** What a map makes of a handle; undefined where it says nothing of it. The first entry that fits counts. */
export const mapHandle = (map: HandleMap, handle: string): string | undefined => {
  const entry = map.find((it) => isMapped(it, handle));
  if (entry === undefined) return undefined;
  const { from, to } = entry;
  return from.endsWith('*') ? `${to.slice(0, -1)}${handle.slice(from.length - 1)}` : to;
};

/** What tells of the handle that a volume has on the target. */
export type HandleSources = {
  /** `--map-volume-handle`. */
  readonly map: HandleMap;
  /** What the driver calls the copy on the other site, as the source passes it on. */
  readonly told: string | undefined;
  /** The PV of the same name on the target. */
  readonly there: PersistentVolume | undefined;
};

/** An earlier restore made it of this very volume, under the handle that it has now. */
const restoredAs = (there: PersistentVolume | undefined, handle: string): string | undefined =>
  there !== undefined && recordedHandle(there) === handle ? there.spec?.csi?.volumeHandle : undefined;

/**
 * The volume under the handle that the target's driver knows it by: as a person says, as the driver says, as an earlier restore of either
 * direction wrote down; else the same. What it is called on the source stays on the PV, so that the two are known for one volume.
 */
export const withHandleOfTarget = (
  volume: PersistentVolume,
  { map, told, there }: HandleSources,
): PersistentVolume => {
  const csi = volume.spec?.csi;
  if (csi === undefined) return volume;
  const own = csi.volumeHandle;
  const handle =
    mapHandle(map, own) ?? (told || undefined) ?? recordedHandle(volume) ?? restoredAs(there, own) ?? own;
  const { [sourceHandleAnnotation]: _, ...annotations } = volume.metadata.annotations ?? {};
  const recorded = handle === own ? annotations : { ...annotations, [sourceHandleAnnotation]: own };
  return {
    ...volume,
    metadata: { ...volume.metadata, annotations: recorded },
    spec: { ...volume.spec, csi: { ...csi, volumeHandle: handle } },
  };
};
