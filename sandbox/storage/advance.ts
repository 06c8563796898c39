// Time. Nothing here runs on a timer: a volume catches up with the clock when somebody looks at it, so that thousands of
// idle volumes cost nothing, and a test moves the clock without waiting.
import { continueRebuild, look, primaryMirror, removeAbandoned, repeatReports } from './daemon.ts';
import { nextLook } from './daemon-turns.ts';
import { nextFiring } from './schedule.ts';
import { finishTransfer, type Moment, takeSnapshot } from './transfer.ts';
import { inContact, type Side, type SiteIndex, type Volume, type World } from './world.ts';

type Step = { readonly at: number; readonly kind: StepKind; readonly site: SiteIndex };
type StepKind = 'snapshot' | 'transfer' | 'look' | 'rebuild' | 'removal';

const SITES: readonly SiteIndex[] = [0, 1];
/** Intervals with nothing to copy that are gone through one by one before the rest is skipped. */
const QUIET_INTERVALS = 3;

/** Brings a volume up to `now`. */
export const advance = (world: World, volume: Volume, now: number): void => {
  for (;;) {
    skipQuietIntervals(world, volume, now);
    const step = nextStep(world, volume);
    if (step === undefined || step.at > now) break;
    volume.clock = Math.max(volume.clock, step.at);
    CARRY_OUT[step.kind](world, { volume, site: step.site, at: volume.clock });
  }
  volume.clock = Math.max(volume.clock, now);
};

/** Brings every volume up to `now`, before something changes for all of them. */
export const advanceAll = (world: World, now: number): void => {
  for (const volume of world.volumes.values()) advance(world, volume, now);
};

const nextStep = (world: World, volume: Volume): Step | undefined => {
  let earliest: Step | undefined;
  for (const site of SITES) {
    if (world.sites[site].frozen) continue;
    const side = volume.sides[site];
    const candidates: readonly (readonly [StepKind, number | undefined])[] = [
      ['transfer', side.replay?.transfer?.doneAt],
      ['rebuild', side.rebuild?.until],
      ['look', side.lookAt],
      ['removal', side.removeAt],
      ['snapshot', nextSnapshotAt(world, volume, site)],
    ];
    for (const [kind, at] of candidates) {
      if (at !== undefined && (earliest === undefined || at < earliest.at)) earliest = { at, kind, site };
    }
  }
  return earliest;
};

/** When a primary takes its next mirror snapshot: on schedule, or in journal mode at once after a write. */
const nextSnapshotAt = (world: World, volume: Volume, site: SiteIndex): number | undefined => {
  const { copy } = volume.sides[site];
  const mirror = primaryMirror(volume.sides[site]);
  if (copy === undefined || mirror === undefined) return undefined;
  if (mirror.mode === 'journal') return copy.dirtySince;
  const from = Math.max(volume.clock, mirror.scheduledFrom ?? 0);
  return nextFiring(copy.schedules, from, world.settings.clockFactor);
};

const CARRY_OUT: Readonly<Record<StepKind, (world: World, moment: Moment) => void>> = {
  snapshot: takeSnapshot,
  transfer: finishTransfer,
  look,
  rebuild: continueRebuild,
  removal: removeAbandoned,
};

/** Whether something else than a schedule is under way on a side. */
const isBusy = ({ copy, replay, rebuild, lookAt, removeAt }: Side): boolean =>
  copy?.dirtySince !== undefined ||
  replay?.transfer !== undefined ||
  rebuild !== undefined ||
  lookAt !== undefined ||
  removeAt !== undefined;

/** Leaps over scheduled snapshots that would copy nothing: after a day with no one looking there are many of them. */
const skipQuietIntervals = (world: World, volume: Volume, now: number): void => {
  if (SITES.some((site) => !world.sites[site].frozen && isBusy(volume.sides[site]))) return;
  const periods = SITES.filter((site) => primaryMirror(volume.sides[site]) !== undefined).flatMap((site) =>
    (volume.sides[site].copy?.schedules ?? []).map(({ everyMs }) => everyMs / world.settings.clockFactor),
  );
  const longest = Math.max(...periods, 0);
  const skipped = longest === 0 ? 0 : Math.floor((now - volume.clock) / longest) - QUIET_INTERVALS;
  if (skipped > 0) volume.clock += skipped * longest;
};

/**
 * The sites hear each other again, or one of them thawed. What a daemon could not tell the other site arrives, and copying goes on, as a
 * Ceph client holds what a cluster does not answer; all else is found at the next look.
 */
export const resumeContact = (world: World, now: number): void => {
  world.outageSince = undefined;
  for (const volume of world.volumes.values()) {
    repeatReports(volume);
    for (const site of SITES) {
      const side = volume.sides[site];
      side.lookAt =
        side.replay === undefined ? nextLook(world, site, now) : now + world.settings.timings.notice;
    }
  }
};

/** The sites stop hearing each other: what travels is lost and starts again later. */
export const loseContact = (world: World, now: number): void => {
  world.outageSince ??= now;
  for (const volume of world.volumes.values()) {
    for (const { replay } of volume.sides) if (replay !== undefined) replay.transfer = undefined;
  }
};

/** Whether the reports of `subject` that `viewer` keeps still count as those of a living daemon. */
export const isHeard = (world: World, viewer: SiteIndex, subject: SiteIndex, now: number): boolean =>
  viewer === subject ||
  inContact(world) ||
  now - (world.outageSince ?? now) < world.settings.timings.contactLoss;
