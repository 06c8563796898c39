import { cephServiceOf, readCephHandle } from '../model/ceph-handle.ts';
import type { PersistentVolume } from '../model/persistent-volume.ts';
import { volumeIdentityOf } from '../model/persistent-volume.ts';
import { known } from '../model/reading.ts';
import { readingOf } from '../model/reading-of.ts';
import { type SeenVolume, whatDiffers } from '../model/same-volume.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import { reservedKeyOf } from '../protection/keys-of-volume.ts';
import type { ListedSite } from '../protection/view-lists.ts';
import { mapHandle } from '../restore/map-handle.ts';
import { storageClassOf } from '../restore/storage-class-of.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import { replicationOfVolume } from '../status/replication.ts';
import { isUnknownToDriver, readRole } from '../status/role.ts';
import { seenVolume } from '../step/seen-volume.ts';
import type { GroupNow, VolumeNow } from './move.ts';
import { type Block, claimObject } from './step-look.ts';

// Two Ceph clusters count their pools by themselves. Before the target has a PV of the volume, only the other PVs of its StorageClass
// there tell which ids the driver knows.

const uuidLength = 36;

/** The ids of a handle of ceph-csi, as `--map-volume-handle` takes them. */
const idsOf = (handle: string): string => `${handle.slice(0, -uuidLength)}*`;

/** Its replication says that the driver does not find it: no proof of any ids. Where nobody can tell, it counts. */
const isNotFound = (view: ListedSite, volume: PersistentVolume): boolean => {
  const source = reservedKeyOf(volume);
  const replications = readingOf(() => (source === undefined ? [] : view.replicationsOf(source)));
  return (
    replications.known &&
    replications.value.some((it) => isUnknownToDriver(readRole(known(replicationOfVolume(it)))))
  );
};

/** PVs of a StorageClass whose handles name cluster and pool, as those of the volume do. */
const namesakesOf = (volumes: readonly PersistentVolume[], own: SeenVolume): readonly SeenVolume[] =>
  volumes.flatMap((volume) => {
    const identity = volumeIdentityOf(volume);
    const isAlike =
      identity !== undefined &&
      cephServiceOf(identity.driver) === cephServiceOf(own.driver) &&
      readCephHandle(identity.volumeHandle) !== undefined;
    return isAlike ? [identity] : [];
  });

/** The volume on the source and the PVs of its StorageClass on the target, where none of them has its ids. */
const strangers = (
  { sites, volumeHandles }: GroupNow,
  { source, target }: VolumeNow,
):
  | { readonly own: SeenVolume; readonly there: readonly SeenVolume[]; readonly className: string }
  | undefined => {
  const { view } = sites.target;
  if (!source.known || !target.known || !view.known || !source.value.volume.known) return undefined;
  if (!target.value.volume.known || target.value.volume.value !== undefined) return undefined;
  const { value: volume } = source.value.volume;
  const own = seenVolume(source.value);
  if (volume === undefined || own === undefined || own.destination !== undefined) return undefined;
  if (cephServiceOf(own.driver) === undefined || readCephHandle(own.volumeHandle) === undefined)
    return undefined;
  if (mapHandle(volumeHandles, own.volumeHandle) !== undefined) return undefined;
  const className = storageClassOf(volume);
  const listed = readingOf(() => view.value.volumesOfClass(className));
  const volumes = listed.known ? listed.value.filter((it) => !isNotFound(view.value, it)) : [];
  const there = namesakesOf(volumes, own);
  const hasItsIds = there.some(({ volumeHandle }) => idsOf(volumeHandle) === idsOf(own.volumeHandle));
  return there.length === 0 || hasItsIds ? undefined : { own, there, className };
};

const otherIds = (now: GroupNow, it: VolumeNow): readonly Block[] => {
  const found = it.isThrough || now.verb === 'undo' ? undefined : strangers(now, it);
  const [first] = found?.there ?? [];
  if (found === undefined || first === undefined) return [];
  const { own, there, className } = found;
  const { site } = now.sites.target;
  const idsThere = [...new Set(there.map(({ volumeHandle }) => idsOf(volumeHandle)))];
  const [ids, ...more] = idsThere;
  const entry = more.length > 0 ? undefined : `${idsOf(own.volumeHandle)}=${ids}`;
  const differs = whatDiffers({ ...own, driver: first.driver }, first);
  const kept = `${idsOf(own.volumeHandle)}=${idsOf(own.volumeHandle)}`;
  return [
    {
      site: 'target',
      object: claimObject(it.volume, 'target'),
      isRule: true,
      obstacle: {
        code: 'DR427',
        message: oneLine(
          `the volume of claim ${claimKeyText(it.volume.source)} would come to ${site.name} under its handle, and no PV of StorageClass ${className} there has its ids (${differs}): if the driver there does not know them, the promote fails after the demotion. Say what they are there; where the driver maps them itself, --map-volume-handle ${shellWord(kept)}`,
          600,
        ),
        next:
          entry === undefined || now.verb === 'undo'
            ? `${site.kubectl} get pv -o yaml`
            : `${now.commandFor(now.verb, site)} --map-volume-handle ${shellWord(entry)}`,
      },
    },
  ];
};

/** A planned move does not take a volume down for a PV whose ids nobody on the target seems to know. */
export const unknownIds = (now: GroupNow): readonly Block[] =>
  now.verb === 'relocate' || now.verb === 'failback'
    ? now.volumes.flatMap((volume) => otherIds(now, volume))
    : [];
