import { volumeIdentityKey, volumeIdentityOf } from '../../model/persistent-volume.ts';
import { type ClaimKey, claimKeyText, keyOfClaim } from '../../protection/claims-of-volume.ts';
import type { RestoreConflict } from '../conflict.ts';
import { nameOf } from '../object-name.ts';
import type { WantedVolume } from '../wanted.ts';

const identityOf = ({ volume }: WantedVolume): string => {
  const identity = volumeIdentityOf(volume);
  return identity === undefined ? `PV ${volume.metadata.name}` : volumeIdentityKey(identity);
};

type Several = { readonly key: string; readonly first: WantedVolume; readonly more: readonly WantedVolume[] };

const groupsOfSeveral = (
  volumes: readonly WantedVolume[],
  keyOf: (volume: WantedVolume) => string,
): readonly Several[] =>
  [...Map.groupBy(volumes, keyOf)].flatMap(([key, [first, ...more]]) =>
    first === undefined || more.length === 0 ? [] : [{ key, first, more }],
  );

const namesOf = (volumes: readonly WantedVolume[]): string =>
  volumes.map(({ volume }) => volume.metadata.name).join(', ');

const claimsOf = (volumes: readonly WantedVolume[]): readonly ClaimKey[] =>
  volumes.map(({ claim }) => keyOfClaim(claim));

/** Two claims that a mapping of namespaces makes one, and two PVs that are one volume. */
export const wantedTwice = (volumes: readonly WantedVolume[]): readonly RestoreConflict[] => [
  ...groupsOfSeveral(volumes, ({ claim }) => claimKeyText(keyOfClaim(claim))).map(({ first, more }) => ({
    object: nameOf(first.claim),
    claims: claimsOf([first, ...more]),
    fact: `${more.length + 1} claims of the source would be this one`,
    next: 'map each namespace to one of its own, or restore them one after the other with -n',
  })),
  ...groupsOfSeveral(volumes, identityOf).map(({ key, first, more }) => ({
    object: nameOf(first.volume),
    claims: claimsOf([first, ...more]),
    fact: `the source has volume ${key} under several names: ${namesOf([first, ...more])}`,
    next: 'find out which claim is to have the volume, and take the other out of the source',
  })),
];
