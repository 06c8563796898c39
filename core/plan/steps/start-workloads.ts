import { claimKeyText } from '../../protection/claims-of-volume.ts';
import { sizeToStart, startPatch } from '../../workload/start-workload.ts';
import type { Workload } from '../../workload/workload.ts';
import { type GroupNow, nameOfWorkload } from '../move.ts';
import {
  type MoveWrite,
  type StepKind,
  type StepLook,
  together,
  unknownWait,
  workloadObject,
} from '../step-look.ts';
import { replicasMounted } from '../usable-claim.ts';
import { missingOnTarget, workloadsOfGroup } from '../workloads-of-group.ts';

const site = 'target';

/** As many as the source had, as the record or the source itself tells. */
export const sizeBefore = (now: GroupNow, workload: Workload): number | undefined => {
  const name = nameOfWorkload(workload);
  const recorded = now.sizesBefore.get(name);
  if (recorded !== undefined) return recorded;
  const { workloads } = now.sites.source;
  const there = workloads.known ? workloads.value.find((it) => nameOfWorkload(it) === name) : undefined;
  return there?.sizeBefore;
};

/** Why its pods would not start here: another claim that they mount is no primary here. */
const elsewhere = ({ sites, group }: GroupNow, { namespace, claims }: Workload): string | undefined => {
  const moving = new Set(group.volumes.map(({ target }) => claimKeyText(target)));
  const others = claims.filter((name) => !moving.has(claimKeyText({ namespace, name })));
  return replicasMounted(sites.target, sites.source, { namespace, claims: others })[0]?.why;
};

/** One that is stopped, that may run here, and whose size is known. */
const start = (now: GroupNow, workload: Workload): Partial<StepLook> => {
  if (workload.hasEnded || workload.isMadeByAnother || workload.size > 0) return {};
  const size = sizeToStart(workload, sizeBefore(now, workload));
  const name = nameOfWorkload(workload);
  if (size === undefined)
    return { remarks: [`${name} stays stopped: nothing tells how many replicas it had`] };
  const patch = size > 0 ? startPatch(workload, size) : undefined;
  if (patch === undefined) return {};
  const torn = elsewhere(now, workload);
  if (torn !== undefined) return { remarks: [`${name} stays stopped: ${torn}`] };
  const object = workloadObject(workload);
  const write: MoveWrite = { kind: 'workload', site, object, workload, does: 'start', size, patch };
  return { writes: [write] };
};

const absent = (now: GroupNow): Partial<StepLook>[] => {
  const { name } = now.sites.target.site;
  return missingOnTarget(now).map((it) => ({
    remarks: [`${nameOfWorkload(it)} is not on ${name}: somebody has to make it there`],
  }));
};

const look = (now: GroupNow): StepLook => {
  const [first] = now.group.volumes;
  const workloads = workloadsOfGroup(now, site);
  if (!workloads.known) return together(first === undefined ? [] : [unknownWait(first, site, workloads.why)]);
  return together([...workloads.value.map((it) => start(now, it)), ...absent(now)]);
};

/** Once all volumes of the group can be written. */
export const startWorkloads: StepKind = {
  name: 'Start',
  site,
  title: 'Start the workloads',
  reads: 'workloads that mount the claims, and how many replicas there were',
  writes: 'replicas as before, or no longer suspended',
  waitsFor: '',
  undo: 'Move back',
  canUndoAfter: false,
  look,
};
