import { DrError } from '../../core/model/error.ts';
import type { HandleMap } from '../../core/restore/map-handle.ts';
import { sameNames } from '../../core/restore/map-names.ts';
import { nameText } from '../../core/restore/object-name.ts';
import type { RestorePlan } from '../../core/restore/plan.ts';
import { stepsOf } from '../../core/restore/plan.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import type { Reporter, RunEvent } from '../progress/run-event.ts';
import { type DecidedRestore, decideRestore } from '../restore/decide-restore.ts';
import { executePlan } from '../restore/execute-plan.ts';
import { readClusterUid } from '../restore/gather-target.ts';
import type { RestoreRequest } from '../restore/parse-restore-flags.ts';
import { createTeller } from '../restore/tell.ts';
import type { ObjectSource } from './bring-objects.ts';

/** What a restore that belongs to a procedure is made with. */
export type RestoreMissing = {
  readonly target: Site;
  readonly source: ObjectSource;
  /** What volumes are called on the target. */
  readonly volumeHandles: HandleMap;
  readonly parallel: number;
  readonly timeoutMs: number;
  /** Told what went wrong, and what is waited for; not every object that is created. */
  readonly report: (event: RunEvent) => void;
  readonly io: Pick<Io, 'now' | 'random' | 'stderr'>;
  readonly signal: AbortSignal;
};

const requestOf = ({ parallel, timeoutMs, volumeHandles }: RestoreMissing): RestoreRequest => ({
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

/** Decides what is to be restored, without a write. Conflicts are in its plan. */
export const decideMissing = async (restore: RestoreMissing): Promise<DecidedRestore> =>
  decideRestore(restore.source.source, requestOf(restore), {
    site: restore.target,
    clusterUid: await readClusterUid(restore.target, restore.signal),
    rules: [],
    signal: restore.signal,
  });

/** Everything that stands against it, one line each. */
export const conflictsIn = ({ conflicts }: RestorePlan): string[] =>
  conflicts.map(({ object, fact, next }) =>
    oneLine(`${nameText(object)}: ${fact}${next === undefined ? '' : `; next: ${next}`}`, 600),
  );

/** How many objects it would write. */
export const countWrites = (plan: RestorePlan): number =>
  stepsOf(plan).filter(({ action }) => action !== 'keep').length;

/** Decides anew and restores. Rejects with a `DrError` where something stands against it, or not all of it could be done. */
export const restoreMissing = async (restore: RestoreMissing): Promise<void> => {
  const { plan, target, wanted } = await decideMissing(restore);
  const [conflict] = conflictsIn(plan);
  if (conflict !== undefined) throw new DrError({ code: 'RestoreConflict', message: conflict });
  const failures: RunEvent[] = [];
  const reporter: Reporter = {
    report: (event) => {
      if (event.type === 'Failed' || event.type === 'TimedOut') failures.push(event);
      if (event.type !== 'Done' && event.type !== 'Unchanged') restore.report(event);
    },
  };
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
  if (isComplete) return;
  const [first] = failures;
  throw new DrError({
    code: first?.code ?? 'RestoreIncomplete',
    message:
      first === undefined
        ? 'not everything could be restored'
        : `${first.object?.kind ?? ''} ${first.object?.name ?? ''}: ${first.message}`.trim(),
  });
};
