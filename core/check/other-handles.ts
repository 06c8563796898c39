import { recordedHandle } from '../model/handle-there.ts';
import { volumeIdentityKey, volumeIdentityOf } from '../model/persistent-volume.ts';
import { readingOf } from '../model/reading-of.ts';
import { whatDiffers } from '../model/same-volume.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import type { VolumeStatus } from '../status/assess.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';

/** A replica or a primary that its driver has answered for: it knows the volume by the name that it has there. */
const isServed = ({ sides }: VolumeStatus, { site }: SiteFacts): boolean =>
  sides.some(
    (side) => side.site.context === site.context && ['primary', 'secondary'].includes(side.role.role),
  );

const ofVolume = (volume: VolumeStatus, site: SiteFacts): readonly Seen[] => {
  const { identity, namespace, claimName } = volume;
  if (identity === undefined || isServed(volume, site)) return [];
  const seen = readingOf(() => site.view.volumesOf(volumeIdentityKey(identity)));
  // The check that lists PVs reports the ones it cannot read.
  if (!seen.known) return [];
  return seen.value.flatMap((pv) => {
    const other = volumeIdentityOf(pv);
    const differs = other && whatDiffers(identity, other);
    const name = pv.metadata.name ?? '';
    if (differs === undefined || recordedHandle(pv) === identity.volumeHandle) return [];
    return [
      finding('DR427', 'warning', {
        site,
        object: { kind: 'PersistentVolume', name },
        message: oneLine(
          `is the volume of claim ${namespace}/${claimName} under another name than on the other site (${differs}), and nothing shows yet that the driver here knows it by that name: if it does not, a move stops half way`,
          600,
        ),
        next: `${site.site.kubectl} get pv ${shellWord(name)} -o yaml`,
      }),
    ];
  });
};

/** DR427. One image that each site calls otherwise, as where the pools of two Ceph clusters have different ids. */
export const otherHandles: Check = {
  name: 'OtherHandles',
  codes: ['DR427'],
  look: ({ sites, volumes }: CheckFacts) =>
    volumes.flatMap((volume) => sites.flatMap((site) => ofVolume(volume, site))),
};
