import { type Refusal, refuse } from './answer.ts';
import { isSchedulingInterval, parseSchedule } from './schedule.ts';
import type { Copy } from './world.ts';

type Parameters = Readonly<Record<string, string>>;

/** What Enable refuses before it looks at the image: a mode that knows no schedule, and malformed schedules. */
export const checkScheduling = (parameters: Parameters): Refusal | undefined => {
  const { mirroringMode: mode = '', schedulingInterval: interval, schedulingStartTime: start } = parameters;
  if (mode === 'journal') return undefined;
  if (mode !== '' && mode !== 'snapshot') {
    return refuse('InvalidArgument', 'scheduling is only supported for snapshot mode');
  }
  if (interval === undefined) {
    const text = '"schedulingStartTime" parameter is supported only with "schedulingInterval"';
    return start ? refuse('InvalidArgument', text) : undefined;
  }
  if (interval === '') return refuse('InvalidArgument', 'scheduling interval cannot be empty');
  if (!isSchedulingInterval(interval)) {
    return refuse('InvalidArgument', 'interval specified without d, h, m suffix');
  }
  return undefined;
};

/** What Enable refuses once it has the image: an empty mode, an unknown flatten mode. */
export const checkModes = ({ mirroringMode, flattenMode = 'never' }: Parameters): Refusal | undefined => {
  if (mirroringMode === '') return refuse('InvalidArgument', 'mirroringMode  not supported');
  if (flattenMode !== 'never' && flattenMode !== 'force') {
    return refuse('InvalidArgument', `"flattenMode"="${flattenMode}" is not supported`);
  }
  return undefined;
};

/** Disable's parameter `force`, read as Go's ParseBool does. */
export const parseForce = ({ force = 'false' }: Parameters): boolean | Refusal => {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(force)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(force)) return false;
  return refuse('Internal', `strconv.ParseBool: parsing ${JSON.stringify(force)}: invalid syntax`);
};

/** Adds the class's schedule to an image, as every successful promote does; schedules add up, nothing removes one. */
export const addSchedule = (copy: Copy, parameters: Parameters): Refusal | undefined => {
  const { schedulingInterval, schedulingStartTime } = parameters;
  if (!schedulingInterval) return undefined;
  const schedule = parseSchedule(schedulingInterval, schedulingStartTime || undefined);
  if ('invalid' in schedule) return refuse('Unknown', schedule.invalid);
  const known = copy.schedules.some(
    ({ everyMs, startMs }) => everyMs === schedule.everyMs && startMs === schedule.startMs,
  );
  if (!known) copy.schedules.push(schedule);
  return undefined;
};
