import { claimKeyText } from '../protection/claims-of-volume.ts';
import type { PromoteOptions } from '../step/decide-promote.ts';
import type { GroupNow, MoveVolume } from './move.ts';

/** What a promote of a move is decided by, with what a backup or a record tells of its volume and its last sync. */
export const promoteOptions = (
  { className, now, toldSync, besidePrimary, brought }: GroupNow,
  volume: MoveVolume,
): PromoteOptions => ({
  className,
  now,
  besidePrimary,
  told: toldSync(volume),
  backedUpAs: brought.identities.get(claimKeyText(volume.source)),
});
