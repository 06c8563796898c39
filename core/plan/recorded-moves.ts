import type { VolumeIdentity } from '../model/persistent-volume.ts';
import { findOperations } from '../operation/operation-of-volume.ts';
import type { Operation } from '../operation/read-record.ts';
import { tookEffect } from '../operation/took-effect.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';
import type { ToldSync } from '../step/rpo-at-risk.ts';
import type { Side } from './choose-direction.ts';
import type { VolumePair } from './choose-volumes.ts';

/** One volume of a pair, and its identity where it is known. */
export type PairedVolume = { readonly pair: VolumePair; readonly identity: VolumeIdentity | undefined };

/** What is on record, and what of it is about a volume. */
export type RecordedMoves = {
  /** The latest first, as `mergeRecords` answers them. */
  readonly operations: readonly Operation[];
  /** Those about a volume, the latest first. */
  readonly about: (volume: PairedVolume) => readonly Operation[];
};

const claimNameOf = ({ namespace, name }: ClaimKey) => ({ namespace, claimName: name });

/** `operations` with the latest first. */
export const indexOperations = (operations: readonly Operation[]): RecordedMoves => {
  const find = findOperations(operations);
  return {
    operations,
    about: ({ pair: { here, there }, identity }) =>
      find({ identity, claims: [claimNameOf(here), claimNameOf(there)] }).map(({ operation }) => operation),
  };
};

/** Those about any of some volumes, the latest first. */
export const operationsAbout = (
  { operations, about }: RecordedMoves,
  volumes: readonly PairedVolume[],
): readonly Operation[] => {
  const found = new Set(volumes.flatMap(about));
  return operations.filter((operation) => found.has(operation));
};

const isOpen = ({ phase }: Operation): boolean => ['Running', 'Left', 'Failed'].includes(phase);

/** The latest operation about any of the volumes, if it was begun and is not over. */
export const unfinishedOperation = (
  recorded: RecordedMoves,
  volumes: readonly PairedVolume[],
): Operation | undefined => {
  const [latest] = operationsAbout(recorded, volumes);
  return latest !== undefined && isOpen(latest) ? latest : undefined;
};

const sideOf = (name: string, names: Readonly<Record<Side, string>>): Side | undefined =>
  (['here', 'there'] as const).find((side) => names[side] === name);

/** The moves of a volume that took effect, the latest first. */
const movesOf = ({ about }: RecordedMoves, volume: PairedVolume): readonly Operation[] =>
  about(volume).filter(tookEffect);

const homeOfVolume = (
  recorded: RecordedMoves,
  volume: PairedVolume,
  names: Readonly<Record<Side, string>>,
): Side | undefined => {
  const [last] = movesOf(recorded, volume);
  return last && sideOf(last.verb === 'Failback' ? last.to.name : last.from.name, names);
};

/**
 * Where a return goes: from where the last move that took effect came. Of what has returned already, it is where it is. Undefined, too,
 * where the volumes came from different sites: going either way would take some of them for older copies.
 */
export const homeOf = (
  recorded: RecordedMoves,
  volumes: readonly PairedVolume[],
  names: Readonly<Record<Side, string>>,
): Side | undefined => {
  const homes = new Set(volumes.flatMap((volume) => homeOfVolume(recorded, volume, names) ?? []));
  const [home] = homes;
  return homes.size === 1 ? home : undefined;
};

/**
 * The latest moves of a volume that all went away from a site: nothing has come to it since. A later one of them may only have found the
 * volume where it was to go.
 */
const movesAwayFrom = (
  recorded: RecordedMoves,
  volume: PairedVolume,
  siteName: string,
): readonly Operation[] => {
  const moves = movesOf(recorded, volume);
  const end = moves.findIndex(({ from }) => from.name !== siteName);
  return end === -1 ? moves : moves.slice(0, end);
};

/** Whether a volume has an older copy on a site: it was moved away by force, and nothing has returned since. */
export const isRecordedStale = (recorded: RecordedMoves, volume: PairedVolume, siteName: string): boolean =>
  movesAwayFrom(recorded, volume, siteName).some(({ staleSite }) => staleSite === siteName);

/**
 * Until when the copy on a site has everything, as the moves of a volume tell: a planned move away from it had all writes of before its
 * first promote there. What is sent back later only makes it better.
 */
export const recordedSync = (
  recorded: RecordedMoves,
  volume: PairedVolume,
  siteName: string,
): ToldSync | undefined => {
  const moves = movesAwayFrom(recorded, volume, siteName);
  const first = moves.at(-1);
  if (first?.pointOfNoReturnAt === undefined || moves.some(({ verb }) => verb === 'Failover'))
    return undefined;
  return { at: first.pointOfNoReturnAt, source: `as ${first.name} tells` };
};

/**
 * Of volumes that are primary on both sites, the side with the older copies, as the records of the moves that left it behind tell; undefined
 * where none tells, or not all agree.
 */
export const staleSideOf = (
  recorded: RecordedMoves,
  volumes: readonly PairedVolume[],
  names: Readonly<Record<Side, string>>,
): Side | undefined => {
  const found = volumes.map((volume) =>
    (['here', 'there'] as const).filter((side) => isRecordedStale(recorded, volume, names[side])),
  );
  const sides = new Set(found.flat());
  const [side] = sides;
  return sides.size === 1 && found.every((it) => it.length === 1) ? side : undefined;
};
