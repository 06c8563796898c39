import { millisecondsOf } from '../model/api-time.ts';
import { type Reading, unknown } from '../model/reading.ts';
import { readingOf } from '../model/reading-of.ts';
import { type Lag, measureLag } from '../status/lag.ts';
import { type Schedule, scheduleOf } from '../status/schedule.ts';
import type { StepFacts } from '../step/step-facts.ts';
import { replicationOf } from './steps/replication-steps.ts';

/** When what the site writes of a volume travels, as the class of its VolumeReplication says. */
export const scheduleOfVolume = (facts: StepFacts): Reading<Schedule> => {
  const name = replicationOf(facts)?.spec.volumeReplicationClass;
  const found = readingOf(() => (name === undefined ? undefined : facts.site.replicationClass(name)));
  if (!found.known) return unknown(found.why);
  return found.value === undefined ? unknown('it has no class') : scheduleOf(found.value);
};

/** How old the copy of a primary's volume is on the other site, held against its schedule. */
export const lagOfVolume = (primary: StepFacts, now: number): Lag =>
  measureLag(millisecondsOf(replicationOf(primary)?.status?.lastSyncTime), scheduleOfVolume(primary), now);
