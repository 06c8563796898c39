import { type VolumeIdentity, volumeIdentityKey } from '../model/persistent-volume.ts';
import type { SiteVolume } from './site-volumes.ts';

/** What is known of one volume on both sites. A side without an entry has nothing that protects it there. */
export type VolumePair = {
  readonly namespace: string;
  readonly claimName: string;
  readonly identity: VolumeIdentity | undefined;
  /** Why the volume's identity could not be read on a side; the sides are then in one row by name alone. */
  readonly unmatched: string | undefined;
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

const pairOf = (here: SiteVolume | undefined, there: SiteVolume | undefined): VolumePair => {
  const sides = [here, there].filter((side) => side !== undefined);
  const identities = sides.map(({ identity }) => identity);
  const read = identities.find((identity) => identity.known);
  const unread = identities.find((identity) => !identity.known);
  const [shown] = sides as [SiteVolume];
  return {
    namespace: shown.namespace,
    claimName: shown.claimName,
    identity: read?.value,
    unmatched: unread?.why,
    here,
    there,
  };
};

/**
 * Finds the two sides of each volume. The volume's identity rules; namespace and name put two sides into one row only
 * where an identity could not be read, and `unmatched` says so. Equal names of different volumes stay two rows.
 */
export const pairVolumes = (here: readonly SiteVolume[], there: readonly SiteVolume[]): VolumePair[] => {
  const [hereByIdentity, thereByIdentity] = [byIdentity(here), byIdentity(there)];
  const matched = [...hereByIdentity].flatMap(([key, volume]) => {
    const other = thereByIdentity.get(key);
    return other === undefined ? [] : [{ key, pair: pairOf(volume, other) }];
  });
  const matchedKeys = new Set(matched.map(({ key }) => key));
  const leftOf = (side: readonly SiteVolume[], identities: Map<string, SiteVolume>) => [
    ...side.filter(({ identity }) => !identity.known),
    ...[...identities].filter(([key]) => !matchedKeys.has(key)).map(([, volume]) => volume),
  ];
  const left = {
    here: leftOf(here, hereByIdentity),
    there: new Map(leftOf(there, thereByIdentity).map((volume) => [nameKey(volume), volume])),
  };
  const byName = left.here.map((volume) => {
    const other = left.there.get(nameKey(volume));
    const areTwoVolumes = volume.identity.known && other?.identity.known;
    if (other === undefined || areTwoVolumes) return pairOf(volume, undefined);
    left.there.delete(nameKey(other));
    return pairOf(volume, other);
  });
  return [
    ...matched.map(({ pair }) => pair),
    ...byName,
    ...[...left.there.values()].map((volume) => pairOf(undefined, volume)),
  ];
};
