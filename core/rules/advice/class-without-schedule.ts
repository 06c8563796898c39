import type { AdviceFacts } from '../advice-facts.ts';

/**
 * DR301. ceph-csi attaches the schedule when it promotes, from the class of that site: a class without one mirrors until
 * the first failover and never back. A journal needs no schedule.
 */
export const classWithoutSchedule = (facts: AdviceFacts): string | undefined => {
  if (facts.subject !== 'class') return undefined;
  const { schedulingInterval, mirroringMode } = facts.parameters;
  if (schedulingInterval !== undefined || mirroringMode === 'journal') return undefined;
  return (
    `${facts.kind} ${facts.name} has no schedulingInterval: a volume promoted with it is not replicated again. ` +
    `Parameters cannot be changed: delete the class and create it with one, such as schedulingInterval: 5m`
  );
};
