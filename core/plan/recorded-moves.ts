import { volumeIdentityKey } from '../model/persistent-volume.ts';
import type { Operation } from '../operation/read-record.ts';
import { tookEffect } from '../operation/took-effect.ts';
import type { ToldSync } from '../step/rpo-at-risk.ts';
import type { Side } from './choose-direction.ts';
import type { VolumePair } from './choose-volumes.ts';

/** One volume of a pair, and its identity where it is known. */
export type PairedVolume = { readonly pair: VolumePair; readonly identity: string | undefined };

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

/** Whether an operation was about a volume: by identity where both tell it, else by name. */
export const isAbout = ({ volumes }: Operation, { pair, identity }: PairedVolume): boolean =>
  volumes.some(({ namespace, persistentVolumeClaim, driver, volumeHandle }) => {
    if (identity !== undefined && driver !== undefined && volumeHandle !== undefined)
      return volumeIdentityKey({ driver, volumeHandle }) === identity;
    const key = keyOf(namespace, persistentVolumeClaim);
    return (
      key === keyOf(pair.here.namespace, pair.here.name) ||
      key === keyOf(pair.there.namespace, pair.there.name)
    );
  });

const isOpen = ({ phase }: Operation): boolean => ['Running', 'Left', 'Failed'].includes(phase);

/** The operation of this verb that was begun and is not over; the latest. `operations` with the latest first. */
export const unfinishedOperation = (
  operations: readonly Operation[],
  volumes: readonly PairedVolume[],
): Operation | undefined => {
  const latest = operations.find((operation) => volumes.some((volume) => isAbout(operation, volume)));
  return latest !== undefined && isOpen(latest) ? latest : undefined;
};

const sideOf = (name: string, names: Readonly<Record<Side, string>>): Side | undefined =>
  (['here', 'there'] as const).find((side) => names[side] === name);

/** The last move of a volume that took effect. */
const lastMove = (operations: readonly Operation[], volume: PairedVolume): Operation | undefined =>
  operations.find((it) => tookEffect(it) && isAbout(it, volume));

const homeOfVolume = (
  operations: readonly Operation[],
  volume: PairedVolume,
  names: Readonly<Record<Side, string>>,
): Side | undefined => {
  const last = lastMove(operations, volume);
  return last && sideOf(last.verb === 'Failback' ? last.to.name : last.from.name, names);
};

/**
 * Where a return goes: from where the last move that took effect came. Of what has returned already, it is where it is. Undefined, too,
 * where the volumes came from different sites: going either way would take some of them for older copies.
 */
export const homeOf = (
  operations: readonly Operation[],
  volumes: readonly PairedVolume[],
  names: Readonly<Record<Side, string>>,
): Side | undefined => {
  const homes = new Set(volumes.flatMap((volume) => homeOfVolume(operations, volume, names) ?? []));
  const [home] = homes;
  return homes.size === 1 ? home : undefined;
};

/** Whether the last move of a volume that took effect left an older copy on a site: it was by force, and nothing has returned since. */
export const isRecordedStale = (
  operations: readonly Operation[],
  volume: PairedVolume,
  siteName: string,
): boolean => {
  return lastMove(operations, volume)?.staleSite === siteName;
};

/**
 * Until when the copy on a site has everything, as the last move of a volume tells: a planned move away from it had all writes of before
 * its first promote there. What is sent back later only makes it better.
 */
export const recordedSync = (
  operations: readonly Operation[],
  volume: PairedVolume,
  siteName: string,
): ToldSync | undefined => {
  const last = lastMove(operations, volume);
  if (last?.pointOfNoReturnAt === undefined || last.verb === 'Failover' || last.from.name !== siteName)
    return undefined;
  return { at: last.pointOfNoReturnAt, source: `as ${last.name} tells` };
};
