import { type ClaimKey, claimKeyText } from '../protection/claims-of-volume.ts';
import type { RestoreConflict } from '../restore/conflict.ts';
import type { MoveGroup } from './move.ts';

/** Groups that can be restored side by side, and what stands against the others. */
export type RestorableGroups = {
  readonly open: readonly MoveGroup[];
  readonly refused: readonly { readonly group: MoveGroup; readonly conflicts: readonly RestoreConflict[] }[];
};

/** All conflicts of some groups, if those were restored and no others. */
export type ConflictsOf = (groups: readonly MoveGroup[]) => readonly RestoreConflict[];

const claimsAgainst = ({ object: { kind, namespace, name }, claims }: RestoreConflict): readonly ClaimKey[] =>
  claims ?? (kind === 'PersistentVolumeClaim' && namespace !== undefined ? [{ namespace, name }] : []);

const isAbout = (conflict: RestoreConflict, { volumes }: MoveGroup): boolean => {
  const keys = new Set(claimsAgainst(conflict).map(claimKeyText));
  return volumes.some(({ target }) => keys.has(claimKeyText(target)));
};

/** Each fits by itself, and not all of them together: a quota, or one volume for two claims. Those go that it is about. */
const withoutCrowded = (groups: readonly MoveGroup[], conflictsOf: ConflictsOf): RestorableGroups => {
  const conflicts = groups.length === 0 ? [] : conflictsOf(groups);
  if (conflicts.length === 0) return { open: groups, refused: [] };
  const about = groups.filter((group) => conflicts.some((conflict) => isAbout(conflict, group)));
  const stopped = new Set(about.length === 0 ? groups : about);
  const rest = withoutCrowded(
    groups.filter((group) => !stopped.has(group)),
    conflictsOf,
  );
  return {
    open: rest.open,
    refused: [...[...stopped].map((group) => ({ group, conflicts })), ...rest.refused],
  };
};

/** A conflict stops the group that it is of, and no other. */
export const restorableGroups = (
  groups: readonly MoveGroup[],
  conflictsOf: ConflictsOf,
): RestorableGroups => {
  if (groups.length === 0 || conflictsOf(groups).length === 0) return { open: groups, refused: [] };
  const alone = groups.map((group) => ({ group, conflicts: conflictsOf([group]) }));
  const fits = alone.filter(({ conflicts }) => conflicts.length === 0).map(({ group }) => group);
  const together = withoutCrowded(fits, conflictsOf);
  return {
    open: together.open,
    refused: [...alone.filter(({ conflicts }) => conflicts.length > 0), ...together.refused],
  };
};
