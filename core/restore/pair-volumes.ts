import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { type ClaimKey, claimKeyText, claimRefKey, keyOfClaim } from '../protection/claims-of-volume.ts';
import { shellWord } from '../rules/guard/commands.ts';
import type { RestoreConflict } from './conflict.ts';
import { byName } from './conflicts/leave-out.ts';
import { nameOf } from './object-name.ts';
import type { LeftOut } from './sort-objects.ts';

/** A claim of the source and the PV that it was bound to, as they were read. */
export type VolumePair = { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume };

/** Claims with their PVs, and what could not be paired. */
export type PairedVolumes = {
  readonly pairs: readonly VolumePair[];
  readonly conflicts: readonly RestoreConflict[];
  readonly leftOut: readonly LeftOut[];
};

/** A claimRef with another uid means a claim of that name that is gone: its PV was released. */
const isReservedFor = (claim: PersistentVolumeClaim, { spec }: PersistentVolume): boolean => {
  const uid = spec?.claimRef?.uid;
  return !uid || claim.metadata.uid === undefined || uid === claim.metadata.uid;
};

const withoutVolume = (claim: PersistentVolumeClaim): RestoreConflict => {
  const named = claim.spec?.volumeName;
  return {
    object: nameOf(claim),
    fact: named
      ? `its PV ${named} is not in the source, so it would get a new, empty volume or none`
      : 'it has no PV in the source, so it would get a new, empty volume',
    next: named
      ? `add the PV: kubectl get pv ${shellWord(named)} -o yaml, on the source site or from an older backup; or leave the claim out: name the others, or choose them by label`
      : 'leave the claim out: name the others, or choose them by label; or create it on the target with kubectl',
    flags: byName,
  };
};

const severalVolumes = (
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
): RestoreConflict => ({
  object: nameOf(claim),
  fact: `several PVs of the source are for it: ${volumes.map(({ metadata }) => metadata.name).join(', ')}`,
  next: 'find out which one holds the data, and take the other out of the source',
});

const heldByAnother = (
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  key: ClaimKey,
): RestoreConflict => ({
  object: nameOf(claim),
  fact: `it names PV ${volume.metadata.name}, which the source has for claim ${claimKeyText(key)}`,
  next: 'take the claim or the PV that is wrong out of the source',
});

type Candidates = {
  readonly byName: ReadonlyMap<string, PersistentVolume>;
  readonly byClaim: ReadonlyMap<string, readonly PersistentVolume[]>;
};

const pairOne = (
  claim: PersistentVolumeClaim,
  { byName, byClaim }: Candidates,
): VolumePair | RestoreConflict => {
  const own = claimKeyText(keyOfClaim(claim));
  const named = byName.get(claim.spec?.volumeName ?? '');
  const reserved = (byClaim.get(own) ?? []).filter((volume) => isReservedFor(claim, volume));
  const found = [...new Set([...(named === undefined ? [] : [named]), ...reserved])];
  const [volume] = found;
  if (volume === undefined || (claim.spec?.volumeName && named === undefined)) return withoutVolume(claim);
  if (found.length > 1) return severalVolumes(claim, found);
  const holder = claimRefKey(volume);
  return holder === undefined || claimKeyText(holder) === own
    ? { claim, volume }
    : heldByAnother(claim, volume, holder);
};

/** Claims that name the very PV of a claim before them. */
const namedTwice = (pairs: readonly VolumePair[]): RestoreConflict[] =>
  [...Map.groupBy(pairs, ({ volume }) => volume).values()].flatMap(([holder, ...others]) =>
    others.map(({ claim, volume }) => heldByAnother(claim, volume, keyOfClaim(holder?.claim ?? claim))),
  );

/**
 * Finds the PV of each claim: the one that it names, else the one that is bound to it or reserved for it. A claim without one
 * must not be created: a provisioner would give it an empty volume.
 */
export const pairVolumes = (
  claims: readonly PersistentVolumeClaim[],
  volumes: readonly PersistentVolume[],
): PairedVolumes => {
  const candidates: Candidates = {
    byName: new Map(volumes.map((volume) => [volume.metadata.name ?? '', volume])),
    byClaim: Map.groupBy(volumes, (volume) => {
      const key = claimRefKey(volume);
      return key === undefined ? '' : claimKeyText(key);
    }),
  };
  const outcomes = claims.map((claim) => pairOne(claim, candidates));
  const pairs = outcomes.filter((outcome): outcome is VolumePair => 'claim' in outcome);
  const paired = new Set(pairs.map(({ volume }) => volume.metadata.name));
  return {
    pairs,
    conflicts: [
      ...outcomes.filter((outcome): outcome is RestoreConflict => 'fact' in outcome),
      ...namedTwice(pairs),
    ],
    leftOut: volumes
      .filter(({ metadata }) => !paired.has(metadata.name))
      .map((volume) => ({ object: nameOf(volume), why: 'its claim is not restored' })),
  };
};
