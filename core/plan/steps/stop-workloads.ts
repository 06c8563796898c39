import { isRunning } from '../../workload/is-running.ts';
import { stopPatch } from '../../workload/stop-workload.ts';
import type { Workload } from '../../workload/workload.ts';
import type { GroupNow, SiteRole } from '../move.ts';
import { done, type MoveWrite, type StepKind, together, unknownWait, workloadObject } from '../step-look.ts';
import { workloadsOfGroup } from '../workloads-of-group.ts';

const stop = (site: SiteRole, workload: Workload): MoveWrite[] => {
  const patch = stopPatch(workload);
  if (patch === undefined) return [];
  const object = workloadObject(workload);
  return [{ kind: 'workload', site, object, workload, does: 'stop', size: 0, patch }];
};

/** What a return stops runs on an older copy; whether it does is told by the other site alone. */
const whyNotKnown = (now: GroupNow, site: SiteRole): string | undefined => {
  const dark = site === 'target' ? now.volumes.find(({ source }) => !source.known) : undefined;
  return dark?.source.known === false ? dark.source.why : undefined;
};

/** Nothing is stopped for volumes that have gone over already. */
const look = (now: GroupNow, site: SiteRole) => {
  const [first] = now.volumes.filter(({ isThrough }) => !isThrough);
  if (first === undefined) return done;
  const dark = whyNotKnown(now, site);
  if (dark !== undefined) return together([unknownWait(first.volume, 'source', dark)]);
  const workloads = workloadsOfGroup(now, site);
  if (!workloads.known) return together([unknownWait(first.volume, site, workloads.why)]);
  return together(workloads.value.filter(isRunning).map((workload) => ({ writes: stop(site, workload) })));
};

/** Nothing may write while a volume changes its side. */
export const stopWorkloads = (site: SiteRole): StepKind => ({
  name: 'Stop',
  site,
  title: 'Stop the workloads',
  reads: 'workloads that mount the claims',
  writes: 'replicas 0, or suspended; how many there were, as an annotation',
  waitsFor: '',
  undo: 'Start them as before',
  canUndoAfter: true,
  look: (now) => look(now, site),
});
