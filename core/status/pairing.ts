import { type VolumeIdentity, volumeIdentityKey, volumeIdentityText } from '../model/persistent-volume.ts';
import { compareVolumes, type SeenVolume } from '../model/same-volume.ts';
import { oneLine } from '../rules/one-line.ts';
import type { SiteVolume } from './site-volumes.ts';

/** The claim of a name on one site, whether it is protected or not. */
export type FindClaim = (namespace: string, claimName: string) => SiteVolume | undefined;

/** What the claim of this name is on the other site: another volume. */
export type AnotherVolume = { readonly side: 'here' | 'there'; readonly identity: VolumeIdentity };

/** What is known of one volume on both sites. A side without an entry has nothing that protects it there. */
export type VolumePair = {
  readonly namespace: string;
  readonly claimName: string;
  readonly identity: VolumeIdentity | undefined;
  /** Why the volume's identity could not be read on a side; the sides are then in one row by name alone. */
  readonly unmatched: string | undefined;
  /** The volume of the same name on the other site, where that is another one. */
  readonly another: AnotherVolume | undefined;
  readonly here: SiteVolume | undefined;
  readonly there: SiteVolume | undefined;
};

const nameKey = ({ namespace, claimName }: SiteVolume): string => `${namespace}/${claimName}`;

const wantsPrimaryFirst = (a: SiteVolume, b: SiteVolume): number =>
  Number(b.replication?.wants === 'primary') - Number(a.replication?.wants === 'primary');

/** Two claims of one site on the same volume become one entry: the primary counts, the other is its rival. */
const mergeSameVolume = (volumes: readonly SiteVolume[]): SiteVolume => {
  const [first, ...others] = volumes.toSorted(wantsPrimaryFirst) as [SiteVolume, ...SiteVolume[]];
  const rivals = others.flatMap(({ replication, rivals }) => [replication?.name ?? [], rivals].flat());
  return { ...first, rivals: [...first.rivals, ...rivals] };
};

const byIdentity = (volumes: readonly SiteVolume[]): Map<string, SiteVolume> => {
  const groups = Map.groupBy(volumes, ({ identity }) =>
    identity.known ? volumeIdentityKey(identity.value) : undefined,
  );
  const entries = [...groups].flatMap(([key, same]) =>
    key === undefined ? [] : [[key, mergeSameVolume(same)] as const],
  );
  return new Map(entries);
};

type Sides = Pick<VolumePair, 'here' | 'there'>;

const pairOf = (sides: Sides, found: Partial<Pick<VolumePair, 'unmatched' | 'another'>> = {}): VolumePair => {
  const there = [sides.here, sides.there].filter((side) => side !== undefined);
  const identities = there.map(({ identity }) => identity);
  const read = identities.find((identity) => identity.known);
  const unread = identities.find((identity) => !identity.known);
  const [shown] = there as [SiteVolume];
  return {
    namespace: shown.namespace,
    claimName: shown.claimName,
    identity: read?.value,
    unmatched: found.unmatched ?? unread?.why,
    another: found.another,
    ...sides,
  };
};

/** The volume as its site shows it; undefined where its identity could not be read. */
const seenOf = ({ identity, handleThere }: SiteVolume): SeenVolume | undefined =>
  identity.known ? { ...identity.value, destination: handleThere } : undefined;

const otherSide = { here: 'there', there: 'here' } as const;

const notTold = (a: SeenVolume, b: SeenVolume): string => {
  const [first, second] = [a, b].map((it) => oneLine(volumeIdentityText(it)));
  return `nothing tells whether volume ${first} is volume ${second} of the other site`;
};

/** What a volume has to do with the claim of its name on the other site, which nothing else pairs it with. */
const compareNamesakes = (
  side: 'here' | 'there',
  volume: SiteVolume,
  namesake: SiteVolume | undefined,
): Partial<Pick<VolumePair, 'unmatched' | 'another'>> => {
  const [own, other] = [seenOf(volume), namesake && seenOf(namesake)];
  if (own === undefined || other === undefined) return {};
  const { driver, volumeHandle } = other;
  switch (compareVolumes(own, other)) {
    case 'same':
      return {};
    case 'maybe':
      return { unmatched: notTold(own, other) };
    case 'other':
      return { another: { side: otherSide[side], identity: { driver, volumeHandle } } };
  }
};

type Matched = { readonly here: SiteVolume; readonly there: SiteVolume };

/** What the drivers call each other's copy, of volumes that have no identity in common. */
const byDestination = (here: readonly SiteVolume[], there: readonly SiteVolume[]): Matched[] => {
  const index = (volumes: readonly SiteVolume[]) => {
    const [handles, destinations] = [new Map<string, SiteVolume>(), new Map<string, SiteVolume>()];
    for (const volume of volumes) {
      const { volumeHandle, destination } = seenOf(volume) ?? {};
      if (volumeHandle !== undefined) handles.set(volumeHandle, volume);
      if (destination !== undefined) destinations.set(destination, volume);
    }
    return { handles, destinations };
  };
  const other = index(there);
  const taken = new Set<SiteVolume>();
  return here.flatMap((volume) => {
    const { volumeHandle = '', destination = '' } = seenOf(volume) ?? {};
    const found = other.handles.get(destination) ?? other.destinations.get(volumeHandle);
    if (found === undefined || taken.has(found)) return [];
    taken.add(found);
    return [{ here: volume, there: found }];
  });
};

/**
 * Finds the two sides of each volume. The volume's identity rules; namespace and name put two sides into one row only where nothing tells
 * whether they are one volume, and `unmatched` says so. Equal names of different volumes stay two rows, each of which tells of the `another`.
 */
export const pairVolumes = (
  here: readonly SiteVolume[],
  there: readonly SiteVolume[],
  claims: { readonly here: FindClaim; readonly there: FindClaim },
): VolumePair[] => {
  const [hereByIdentity, thereByIdentity] = [byIdentity(here), byIdentity(there)];
  const matched = [...hereByIdentity].flatMap(([key, volume]) => {
    const other = thereByIdentity.get(key);
    return other === undefined ? [] : [{ key, here: volume, there: other }];
  });
  const matchedKeys = new Set(matched.map(({ key }) => key));
  const leftOf = (side: readonly SiteVolume[], identities: Map<string, SiteVolume>) => [
    ...side.filter(({ identity }) => !identity.known),
    ...[...identities].filter(([key]) => !matchedKeys.has(key)).map(([, volume]) => volume),
  ];
  const [leftHere, leftThere] = [leftOf(here, hereByIdentity), leftOf(there, thereByIdentity)];
  const told = byDestination(leftHere, leftThere);
  const toldOf = new Set(told.flatMap((pair) => [pair.here, pair.there]));
  const untoldThere = new Map(
    leftThere.filter((volume) => !toldOf.has(volume)).map((volume) => [nameKey(volume), volume]),
  );
  const alone = (side: 'here' | 'there', volume: SiteVolume): VolumePair => {
    const namesake = claims[otherSide[side]](volume.namespace, volume.claimName);
    const sides = { here: undefined, there: undefined, [side]: volume };
    return pairOf(sides, compareNamesakes(side, volume, namesake));
  };
  const byName = leftHere
    .filter((volume) => !toldOf.has(volume))
    .map((volume) => {
      const other = untoldThere.get(nameKey(volume));
      if (other === undefined) return alone('here', volume);
      const found = compareNamesakes('here', volume, other);
      if (found.another !== undefined) return pairOf({ here: volume, there: undefined }, found);
      untoldThere.delete(nameKey(other));
      return pairOf({ here: volume, there: other }, found);
    });
  return [
    ...[...matched, ...told].map((pair) => pairOf({ here: pair.here, there: pair.there })),
    ...byName,
    ...[...untoldThere.values()].map((volume) => alone('there', volume)),
  ];
};
