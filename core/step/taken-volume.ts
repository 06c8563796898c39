import {
  type PersistentVolume,
  type VolumeIdentity,
  volumeIdentityKey,
  volumeIdentityOf,
} from '../model/persistent-volume.ts';
import type { Reading } from '../model/reading.ts';
import { readingOf } from '../model/reading-of.ts';
import { isKept, policyOf, takenBy } from '../protection/fate-of-volume.ts';
import type { ListedSite } from '../protection/view-lists.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import type { SiteName } from '../status/snapshot.ts';
import type { Obstacle } from './decision.ts';
import type { StepFacts } from './step-facts.ts';

/** DR114: a PV that takes the volume along when its claim goes, whatever the PV is called. */
const takenByOf = (site: SiteName, pv: PersistentVolume): Obstacle => {
  const name = pv.metadata.name ?? '';
  return {
    code: 'DR114',
    message: `PV ${oneLine(name)} of ${site.name} is of the same volume and has reclaim policy ${policyOf(pv)}: ${takenBy(pv)}`,
    next: `${site.kubectl} patch pv ${shellWord(name)} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
  };
};

/**
 * What stands against a volume for each PV of a site that does not keep it. Nothing of a site that cannot be read: its PVs are not known
 * to be other ones.
 */
export const takersOn = (
  { site, view }: { readonly site: SiteName; readonly view: Reading<Pick<ListedSite, 'volumesOf'>> },
  volume: VolumeIdentity,
): readonly Obstacle[] => {
  const found = readingOf(() => (view.known ? view.value.volumesOf(volumeIdentityKey(volume)) : []));
  return found.known ? found.value.filter((pv) => !isKept(pv)).map((pv) => takenByOf(site, pv)) : [];
};

/** The same before a claim is protected, on both sites: its own PV is retained with the protection. */
export const otherTakers = ({ volume, here, there, site, peer }: StepFacts): readonly Obstacle[] => {
  const own = volume.known ? volume.value : undefined;
  const identity = own && volumeIdentityOf(own);
  if (own === undefined || identity === undefined) return [];
  const others = (key: string): readonly PersistentVolume[] =>
    site.volumesOf(key).filter(({ metadata }) => metadata.name !== own.metadata.name);
  return [
    ...takersOn({ site: here, view: { known: true, value: { volumesOf: others } } }, identity),
    ...(there === undefined ? [] : takersOn({ site: there, view: peer.site }, identity)),
  ];
};
