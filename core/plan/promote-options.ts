import type { PromoteOptions } from '../step/decide-promote.ts';
import type { GroupNow, MoveVolume } from './move.ts';

/** What a promote of a move is decided by; `volume`: with what a backup or a record tells of its last sync. */
export const promoteOptions = (
  { className, now, toldSync, besidePrimary }: GroupNow,
  volume?: MoveVolume,
): PromoteOptions => ({
  className,
  now,
  besidePrimary,
  told: volume === undefined ? undefined : toldSync(volume),
});
