import { type PersistentVolume, volumeIdentityKey, volumeIdentityText } from '../model/persistent-volume.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import { claimKeyText, claimRefKey } from '../protection/claims-of-volume.ts';
import { isKept, policyOf, takenBy } from '../protection/fate-of-volume.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import type { VolumeStatus } from '../status/assess.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';

/** The PV of the claim that is protected on this site: DR104 speaks of its policy. */
const ownPv = ({ sides }: VolumeStatus, { site }: SiteFacts): string | undefined => {
  const side = sides.find((it) => it.site.context === site.context);
  return side?.volume?.replication === undefined ? undefined : side.volume.volumeName;
};

const holderOf = (pv: PersistentVolume): string => {
  const claim = claimRefKey(pv);
  const phase = pv.status?.phase ?? 'of unknown phase';
  return claim === undefined ? phase : `${phase}, for claim ${claimKeyText(claim)}`;
};

type Pvs = { readonly volume: VolumeStatus; readonly site: SiteFacts; readonly count: number };

const describePv = ({ volume, site, count }: Pvs, pv: PersistentVolume): Seen => {
  const name = pv.metadata.name ?? '';
  const { namespace, claimName, identity } = volume;
  const others = count === 1 ? '' : `, as one of ${count} PVs here`;
  const what = `is of the protected volume of claim ${namespace}/${claimName}${identity === undefined ? '' : ` (${oneLine(volumeIdentityText(identity))})`}${others} (${oneLine(holderOf(pv))})`;
  const object = { kind: 'PersistentVolume', name };
  if (isKept(pv))
    return finding('DR425', name === ownPv(volume, site) ? 'info' : 'warning', {
      site,
      object,
      message: `${what}, and keeps it (Retain): nothing happens to the volume when it goes`,
      next: `${site.site.kubectl} get pv ${shellWord(name)} -o yaml`,
    });
  return finding('DR425', 'error', {
    site,
    object,
    message: `${what}, and has reclaim policy ${policyOf(pv)}: ${takenBy(pv)}`,
    next: `${site.site.kubectl} patch pv ${shellWord(name)} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
  });
};

/** One PV that keeps its volume is as it should be. Of all others each is named, as each has its own fate. */
const ofVolume = (volume: VolumeStatus, site: SiteFacts): readonly Seen[] => {
  const { identity, sides } = volume;
  if (identity === undefined || sides.every((side) => side.volume?.replication === undefined)) return [];
  const seen = readingOf(() => {
    knownValue(site.objects);
    return site.view.volumesOf(volumeIdentityKey(identity));
  });
  if (!seen.known) return [{ unknown: `which PVs of protected volumes ${site.site.name} has: ${seen.why}` }];
  const pvs = seen.value;
  const own = ownPv(volume, site);
  const isAsItShouldBe = pvs.every((pv) => isKept(pv) || pv.metadata.name === own) && pvs.length <= 1;
  return isAsItShouldBe ? [] : pvs.map((pv) => describePv({ volume, site, count: pvs.length }, pv));
};

/** DR425. Every PV of a protected volume on either site, and what becomes of the volume with it. */
export const otherVolumes: Check = {
  name: 'VolumesOfIdentity',
  codes: ['DR425'],
  look: ({ sites, volumes }: CheckFacts) =>
    volumes.flatMap((volume) => sites.flatMap((site) => ofVolume(volume, site))),
};
