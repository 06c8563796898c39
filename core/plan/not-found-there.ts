import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import { drCommand } from '../status/dr-command.ts';
import { isUnknownToDriver } from '../status/role.ts';
import { seenVolume } from '../step/seen-volume.ts';
import type { GroupNow, VolumeNow } from './move.ts';
import { type Block, claimObject } from './step-look.ts';

// The target's driver finds no volume by the handle of the PV there. A PV keeps its handle, so that no waiting helps.

/** A driver that finds no volume at first may find it a moment later; after that nothing but another handle helps. */
const findsItWithinMs = 30_000;

const blockOf = (
  { sites, verb }: GroupNow,
  { volume, target }: VolumeNow,
  isAsked: boolean,
): Block | undefined => {
  if (!target.known || !isUnknownToDriver(target.value.role)) return undefined;
  const { site } = sites.target;
  const handle = seenVolume(target.value)?.volumeHandle ?? '';
  const isTakenBack = isAsked && verb !== 'failover';
  const words = isAsked ? 'promote fails, as the' : 'the';
  const back = isTakenBack ? 'take the move back, ' : '';
  const message = oneLine(
    `${words} driver on ${site.name} finds no volume ${handle}: ${target.value.role.why}. If the ids of cluster or pool differ there, ${back}end the protection on ${site.name}, delete claim and PV there (a PV keeps its handle), and move it again with --map-volume-handle`,
    800,
  );
  const next = isTakenBack
    ? `kubectl dr undo -n ${shellWord(volume.target.namespace)}${site.kubectl.replace(/^kubectl/, '')}`
    : drCommand(site, 'unprotect', volume.target);
  const object = claimObject(volume, 'target');
  return { site: 'target', object, obstacle: { code: 'DR427', message, next }, isRule: !isAsked };
};

/** What stands against waiting any longer for a promote; undefined where it may still pass. */
export const promoteInVain = (it: VolumeNow, now: GroupNow): Block | undefined => {
  const since = it.target.known ? it.target.value.role.since : undefined;
  return since === undefined || now.now - since < findsItWithinMs ? undefined : blockOf(now, it, true);
};

/** A planned move takes no volume down for a copy that the target's driver does not find. In a disaster there is nothing to lose by trying. */
export const copiesNotFound = (now: GroupNow): readonly Block[] =>
  now.verb === 'relocate' || now.verb === 'failback'
    ? now.volumes.flatMap((it) => (it.isThrough ? [] : (blockOf(now, it, false) ?? [])))
    : [];
