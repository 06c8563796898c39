import { formatAge } from '../../status/age.ts';
import { criticalIntervals, lateIntervals } from '../../status/lag.ts';
import type { AdviceFacts } from '../advice-facts.ts';
import { kubectl, typeAndName } from '../guard/commands.ts';
import { changeAsked } from './change-asked.ts';

/** DR303. What is not on the other site yet is lost when this one is; the same limits as in `kubectl dr status`. */
export const lateSync = (facts: AdviceFacts): string | undefined => {
  const asked = changeAsked(facts);
  if (!asked?.scheduleMs.known || !asked.lastSyncAt.known) return undefined;
  const [interval, lastSync] = [asked.scheduleMs.value, asked.lastSyncAt.value];
  if (!interval || lastSync === undefined) return undefined;
  const lag = Math.max(0, asked.now - lastSync);
  const intervals = lag / interval;
  if (intervals <= lateIntervals) return undefined;
  const level = intervals >= criticalIntervals ? 'critically late' : 'late';
  return (
    `the other site's copy is ${level}: the last complete sync was ${formatAge(lag)} ago, ` +
    `${Math.floor(intervals * 10) / 10} times the schedule of ${formatAge(interval)}, and losing this site now loses that much. ` +
    `See why: ${kubectl(asked.change, `describe ${typeAndName(asked.change)}`)}`
  );
};
