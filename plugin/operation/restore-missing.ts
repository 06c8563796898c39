import { DrError } from '../../core/model/error.ts';
import type { MoveGroup } from '../../core/plan/move.ts';
import { type RestorableGroups, restorableGroups } from '../../core/plan/restorable-groups.ts';
import { claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import type { RestoreConflict } from '../../core/restore/conflict.ts';
import { nextInMove } from '../../core/restore/conflict-next.ts';
import type { HandleMap } from '../../core/restore/map-handle.ts';
import { sameNames } from '../../core/restore/map-names.ts';
import { nameText } from '../../core/restore/object-name.ts';
import type { SortedObjects } from '../../core/restore/sort-objects.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import type { SiteName } from '../../core/status/snapshot.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import type { Reporter, RunEvent } from '../progress/run-event.ts';
import { type DecidedRestore, gatherRestore } from '../restore/decide-restore.ts';
import { executePlan } from '../restore/execute-plan.ts';
import { readClusterUid } from '../restore/gather-target.ts';
import type { RestoreRequest } from '../restore/parse-restore-flags.ts';
import { createTeller } from '../restore/tell.ts';
import { narrowSource, type ObjectSource } from './bring-objects.ts';

/** What a restore that belongs to a procedure is made with. */
export type RestoreMissing = {
  readonly target: Site;
  readonly source: ObjectSource;
  /** What volumes are called on the target. */
  readonly volumeHandles: HandleMap;
  readonly groups: readonly MoveGroup[];
  readonly parallel: number;
  readonly timeoutMs: number;
  /** Told what went wrong, and what is waited for; not every object that is created. */
  readonly report: (event: RunEvent) => void;
  readonly io: Pick<Io, 'now' | 'random' | 'stderr'>;
  readonly signal: AbortSignal;
};

/** What is to be restored of the groups that nothing stands against; undefined: nothing of them is in the source. */
export type DecidedMissing = RestorableGroups & { readonly decided: DecidedRestore | undefined };

const requestOf = ({
  parallel,
  timeoutMs,
  volumeHandles,
}: Pick<RestoreMissing, 'parallel' | 'timeoutMs' | 'volumeHandles'>): RestoreRequest => ({
  selection: { namespace: undefined, claims: [], labels: undefined },
  maps: { ...sameNames, volumeHandles },
  existing: 'verify',
  claimRef: 'reserve',
  dryRun: 'none',
  output: 'text',
  parallel,
  timeoutMs,
  requestTimeoutMs: 0,
});

/** What of a source belongs to some groups. */
const partOf = (source: ObjectSource, groups: readonly MoveGroup[]): SortedObjects => {
  const { chosen } = source.source;
  const claims = groups.flatMap(({ volumes }) => volumes.map((volume) => volume.source));
  const wanted = new Set(claims.map(claimKeyText));
  const isWhole = chosen.claims.every((claim) => wanted.has(claimKeyText(keyOfClaim(claim))));
  return isWhole ? chosen : narrowSource(source, claims).source.chosen;
};

/** Decides what is to be restored, without a write, and for which groups. */
export const decideMissing = async (restore: RestoreMissing): Promise<DecidedMissing> => {
  const { source, groups, target, signal } = restore;
  const whole = partOf(source, groups);
  if (whole.claims.length === 0) return { open: groups, refused: [], decided: undefined };
  const decide = await gatherRestore({ ...source.source, chosen: whole }, requestOf(restore), {
    site: target,
    clusterUid: await readClusterUid(target, signal),
    rules: [],
    signal,
  });
  const decided = (some: readonly MoveGroup[]): DecidedRestore | undefined => {
    const part = some === groups ? whole : partOf(source, some);
    return part.claims.length === 0 ? undefined : decide(part);
  };
  const restorable = restorableGroups(groups, (some) => decided(some)?.plan.conflicts ?? []);
  return { ...restorable, decided: decided(restorable.open) };
};

/** Ends a group. */
const conflictError = (
  [conflict, ...more]: readonly RestoreConflict[],
  target: SiteName,
): DrError | undefined => {
  if (conflict === undefined) return undefined;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return new DrError({
    code: 'RestoreConflict',
    message: oneLine(`${nameText(conflict.object)}: ${conflict.fact}${others}`, 500),
    hint: nextInMove(conflict, target),
  });
};

/** What went wrong for a group: with one of its claims, or with what is of no claim. */
const failureOf = ({ volumes }: MoveGroup, failures: readonly RunEvent[]): RunEvent | undefined => {
  const own = new Set(volumes.map((volume) => claimKeyText(volume.target)));
  return failures.find(
    ({ object }) =>
      object?.kind !== 'PersistentVolumeClaim' ||
      own.has(claimKeyText({ namespace: object.namespace ?? '', name: object.name })),
  );
};

const errorOf = ({ code, object, message, next }: RunEvent): DrError =>
  new DrError({
    code: code ?? 'RestoreIncomplete',
    message: `${object?.kind ?? ''} ${object?.name ?? ''}: ${message}`.trim(),
    ...(next !== undefined && { hint: next }),
  });

const execute = async (decided: DecidedRestore, restore: RestoreMissing): Promise<readonly RunEvent[]> => {
  const failures: RunEvent[] = [];
  const reporter: Reporter = {
    report: (event) => {
      if (event.type === 'Failed' || event.type === 'TimedOut') failures.push(event);
      if (event.type !== 'Done' && event.type !== 'Unchanged') restore.report(event);
    },
  };
  const { plan, target, wanted } = decided;
  const { io, signal } = restore;
  const run = {
    site: restore.target,
    plan,
    target,
    wanted,
    request: requestOf(restore),
    reporter,
    io: { ...io, signal },
  };
  const isComplete = await executePlan(run, createTeller(restore.target.name, reporter));
  if (!isComplete && failures.length === 0)
    throw new DrError({ code: 'RestoreIncomplete', message: 'not everything could be restored' });
  return failures;
};

/** Decides anew and restores. Answers why, for each group that could not be restored; the others have what they lacked. */
export const restoreMissing = async (restore: RestoreMissing): Promise<ReadonlyMap<MoveGroup, DrError>> => {
  const { open, refused, decided } = await decideMissing(restore);
  const failures = decided === undefined ? [] : await execute(decided, restore);
  const failed = open.flatMap((group): [MoveGroup, DrError][] => {
    const found = failureOf(group, failures);
    return found === undefined ? [] : [[group, errorOf(found)]];
  });
  const stopped = refused.flatMap(({ group, conflicts }): [MoveGroup, DrError][] => {
    const error = conflictError(conflicts, restore.target);
    return error === undefined ? [] : [[group, error]];
  });
  return new Map([...stopped, ...failed]);
};
