import { volumeIdentityKey, volumeIdentityOf } from '../../model/persistent-volume.ts';
import { claimKeyText, keyOfClaim } from '../../protection/claims-of-volume.ts';
import type { RestoreConflict } from '../conflict.ts';
import { nameOf } from '../object-name.ts';
import type { WantedVolume } from '../wanted.ts';

const identityOf = ({ volume }: WantedVolume): string => {
  const identity = volumeIdentityOf(volume);
  return identity === undefined ? `PV ${volume.metadata.name}` : volumeIdentityKey(identity);
};

const groupsOfSeveral = (
  volumes: readonly WantedVolume[],
  keyOf: (volume: WantedVolume) => string,
): [string, readonly WantedVolume[]][] =>
  [...Map.groupBy(volumes, keyOf)].filter(([, members]) => members.length > 1);

/** Two claims that a mapping of namespaces makes one, and two PVs that are one volume. */
export const wantedTwice = (volumes: readonly WantedVolume[]): readonly RestoreConflict[] => [
  ...groupsOfSeveral(volumes, ({ claim }) => claimKeyText(keyOfClaim(claim))).map(([, [first, ...more]]) => ({
    object: nameOf((first as WantedVolume).claim),
    fact: `${more.length + 1} claims of the source would be this one`,
    next: 'map each namespace to one of its own, or restore them one after the other with -n',
  })),
  ...groupsOfSeveral(volumes, identityOf).map(([identity, members]) => ({
    object: nameOf((members[0] as WantedVolume).volume),
    fact: `the source has volume ${identity} under several names: ${members.map(({ volume }) => volume.metadata.name).join(', ')}`,
    next: 'find out which claim is to have the volume, and take the other out of the source',
  })),
];
