import { settleTime } from '../status/patience.ts';
import type { Operation } from './read-record.ts';

/**
 * Whether somebody carries it out now, as far as its record tells. A lease tells nothing at one look, so an operation that is called running
 * is taken for running; but one that nobody has written to for so long, any difference of clocks allowed for, is not. `now` in milliseconds
 * since the epoch.
 */
export const isAtWork = (
  { phase, lastHeardAt, lease }: Pick<Operation, 'phase' | 'lastHeardAt' | 'lease'>,
  now: number,
): boolean => {
  if (phase !== 'Running') return false;
  const silentFor = lastHeardAt === undefined ? 0 : now - lastHeardAt;
  return silentFor <= settleTime + (lease?.leaseDurationSeconds ?? 0) * 1000;
};
