import { parseGoDuration, parseSchedulingInterval } from '../model/duration.ts';

const hourMs = 3_600_000;
const shortMs = 2 * 60_000;

/**
 * Milliseconds between two looks at the sync information of a primary: half the class's `schedulingInterval`, the whole
 * of one under two minutes, an hour where there is none that can be read. Days count as days, which
 * kubernetes-csi-addons polls hourly because Go durations have none.
 */
export const pollIntervalOf = (parameters: Readonly<Record<string, string>>): number => {
  const text = parameters['schedulingInterval'] ?? '';
  const interval = parseSchedulingInterval(text) ?? parseGoDuration(text) ?? 0;
  if (interval <= 0) return hourMs;
  return interval < shortMs ? interval : interval / 2;
};

/**
 * How long until the next look while the first sync is not known yet: a driver tells nothing useful for the first half
 * minute, so it is asked after 1, 2, 4 … seconds, up to the ordinary interval.
 */
export const firstSyncDelay = (msSincePromotion: number, pollMs: number): number =>
  Math.min(pollMs, Math.max(1_000, msSincePromotion));

/**
 * How long until the next look at a secondary that is not in sync yet. A planned move waits for the last snapshot of the side that
 * was demoted: it is looked for after 1, 2, 4 … seconds, up to the ordinary interval, at which a running replica stays.
 */
export const handOverDelay = (msSinceDemotion: number, pollMs: number): number =>
  Math.min(pollMs, Math.max(1_000, msSinceDemotion));
