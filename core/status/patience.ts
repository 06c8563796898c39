import { formatAge } from './age.ts';
import type { SideFacts } from './facts.ts';
import { lateIntervals } from './lag.ts';

/**
 * How long a change may take before it counts as stuck, in milliseconds: the controller's call to the driver may last 3
 * minutes, and the answers that pass by themselves (recorded from ceph-csi after a forced resync) last up to 90 seconds.
 */
export const settleTime = 5 * 60_000;

/** Milliseconds since a time; undefined where the time is. */
export const elapsed = (since: number | undefined, now: number): number | undefined =>
  since === undefined ? undefined : Math.max(0, now - since);

/** Whether a side has been in its present state for longer than a change takes. False where nobody knows since when. */
export const lastsTooLong = ({ role }: SideFacts, now: number): boolean =>
  (elapsed(role.since, now) ?? 0) > settleTime;

/** ` for 5m`, or nothing where it has just begun or nobody knows when. */
export const forAge = (since: number | undefined, now: number): string =>
  (elapsed(since, now) ?? 0) < 1000 ? '' : ` for ${formatAge(now - (since ?? now))}`;

/** The side that has been as it is for longest; one that does not tell since when comes last. */
export const longestSo = (sides: readonly SideFacts[]): SideFacts | undefined =>
  sides.toSorted(
    (a, b) => (a.role.since ?? Number.POSITIVE_INFINITY) - (b.role.since ?? Number.POSITIVE_INFINITY),
  )[0];

/** How long a first sync may take, in milliseconds, before it counts as late: a new protection settles first. */
export const firstSyncPatience = (interval: number): number => Math.max(settleTime, lateIntervals * interval);
