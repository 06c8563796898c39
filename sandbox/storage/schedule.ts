/** When mirror snapshots of an image are taken. */
export type Schedule = {
  readonly everyMs: number;
  /** Milliseconds after midnight UTC at which one of the snapshots falls. */
  readonly startMs: number;
};

const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 1_440 * MINUTE_MS };

/** Whether a value is what ceph-csi takes as `schedulingInterval`: digits, then m, h or d. */
export const isSchedulingInterval = (text: string): boolean => /^\d+[mhd]$/.test(text);

const parseInterval = (text: string): number | undefined => {
  const everyMs = Number.parseInt(text, 10) * (UNIT_MS[text.slice(-1)] ?? MINUTE_MS);
  return everyMs > 0 ? everyMs : undefined;
};

/** Reads an ISO 8601 time of day, e.g. `14:00:00-05:00`, as milliseconds after midnight UTC; seconds are dropped. */
const parseStartTime = (text: string): number | undefined => {
  const parts = /^(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|([+-])(\d{2}):?(\d{2}))?$/.exec(text);
  if (parts === null) return undefined;
  const [hours = 0, minutes = 0] = [Number(parts[1]), Number(parts[2])];
  if (hours > 23 || minutes > 59) return undefined;
  const zone = parts[3] === undefined ? 0 : Number(parts[4]) * 60 + Number(parts[5]);
  return (hours * 60 + minutes - (parts[3] === '-' ? -zone : zone)) * MINUTE_MS;
};

/** Reads the two class parameters as the Ceph manager does when a schedule is added; `invalid` is its complaint. */
export const parseSchedule = (
  interval: string,
  startTime: string | undefined,
): Schedule | { readonly invalid: string } => {
  const everyMs = parseInterval(interval);
  if (everyMs === undefined) return { invalid: `Invalid interval (${interval})` };
  const startMs = startTime === undefined ? 0 : parseStartTime(startTime);
  if (startMs === undefined) {
    return { invalid: `Invalid start time ${startTime}: Invalid isoformat string: '${startTime}'` };
  }
  return { everyMs, startMs };
};

/** The first moment after `afterMs` at which one of the schedules fires; `factor` shortens the intervals. */
export const nextFiring = (
  schedules: readonly Schedule[],
  afterMs: number,
  factor: number,
): number | undefined => {
  const firings = schedules.map(({ everyMs, startMs }) => {
    const period = everyMs / factor;
    return startMs + (Math.floor((afterMs - startMs) / period) + 1) * period;
  });
  return firings.length === 0 ? undefined : Math.min(...firings);
};
