import type { Reading } from '../model/reading.ts';
import type { Schedule } from './schedule.ts';

/** A lag above this many intervals is late; from `criticalIntervals` on it is an error. */
export const lateIntervals = 2;
export const criticalIntervals = 3;

/** How old the peer's copy is, held against the schedule. Times in milliseconds. */
export type Lag = {
  /** Time of the last complete sync; undefined when nobody knows one. */
  readonly lastSync: number | undefined;
  /** Now minus the last complete sync: what a forced promote would lose now. */
  readonly milliseconds: number | undefined;
  readonly schedule: Reading<Schedule>;
  /** Lag in intervals; undefined without a lag or an interval. */
  readonly intervals: number | undefined;
};

/** Holds the last sync against the schedule. A clock that runs behind the other site's never makes a lag negative. */
export const measureLag = (lastSync: number | undefined, schedule: Reading<Schedule>, now: number): Lag => {
  const milliseconds = lastSync === undefined ? undefined : Math.max(0, now - lastSync);
  const interval =
    schedule.known && schedule.value.kind === 'interval' ? schedule.value.milliseconds : undefined;
  const intervals =
    milliseconds === undefined || interval === undefined ? undefined : milliseconds / interval;
  return { lastSync, milliseconds, schedule, intervals };
};

/** Whether syncs come too late. False also where it cannot be judged: ask `intervals` for that. */
export const isLate = ({ intervals }: Lag): boolean => intervals !== undefined && intervals > lateIntervals;
