import { lookAtGroup } from './look-at-group.ts';
import type { GroupNow, MoveFacts, MoveGroup } from './move.ts';
import { workloadsOfGroup } from './workloads-of-group.ts';

const isMoved = ({ volumes }: GroupNow): boolean => volumes.every(({ isThrough }) => isThrough);

const isAtRest = (now: GroupNow): boolean => {
  const workloads = workloadsOfGroup(now, 'source');
  return (
    now.volumes.every(({ source }) => source.known && source.value.role.wants === 'primary') &&
    workloads.known &&
    workloads.value.every(({ size, sizeBefore }) => size > 0 || sizeBefore === undefined)
  );
};

/**
 * Whether the source of all that is still to be moved is as it was before: primary, and nothing stopped. A backup that is taken later would
 * tell of a source in mid-move.
 */
export const isUntouched = (facts: MoveFacts, groups: readonly MoveGroup[]): boolean =>
  groups
    .map((group) => lookAtGroup(facts, group))
    .filter((now) => !isMoved(now))
    .every(isAtRest);
