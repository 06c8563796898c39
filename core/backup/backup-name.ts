import { safeSegment } from './safe-segment.ts';

/** A time in milliseconds since the epoch as file names carry it, in UTC: `20261125T145307Z`. Sorts as text. */
export const compactTime = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** What a new backup is called: `20261125T145307Z-cluster-1`, and with `-2`, `-3` … behind where that is taken. */
export const backupName = (ms: number, site: string, attempt: number): string =>
  `${compactTime(ms)}-${safeSegment(site)}${attempt === 1 ? '' : `-${attempt}`}`;
