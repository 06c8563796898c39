import { readiness } from '../../workload/readiness.ts';
import type { GroupNow } from '../move.ts';
import { type StepKind, type StepLook, together, unknownWait, workloadObject } from '../step-look.ts';
import { workloadsOfGroup } from '../workloads-of-group.ts';

const site = 'target';

const look = (now: GroupNow): StepLook => {
  const [first] = now.group.volumes;
  const workloads = workloadsOfGroup(now, site);
  if (!workloads.known) return together(first === undefined ? [] : [unknownWait(first, site, workloads.why)]);
  return together(
    workloads.value
      .filter(({ size, hasEnded, isMadeByAnother }) => size > 0 && !hasEnded && !isMadeByAnother)
      .map((workload) => {
        const { ready, why } = readiness(workload, workload.size);
        return ready ? {} : { waits: [{ site, object: workloadObject(workload), why }] };
      }),
  );
};

/** The application is up when its pods say so, not when they were asked for. */
export const awaitReady: StepKind = {
  name: 'Ready',
  site,
  title: 'See that the workloads are ready',
  reads: 'status of the workloads',
  writes: '',
  waitsFor: 'as many ready pods as replicas',
  undo: 'Move back',
  canUndoAfter: false,
  look,
};
