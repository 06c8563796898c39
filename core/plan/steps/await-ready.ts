import type { Pod } from '../../model/pod.ts';
import { knownValue, readingOf } from '../../model/reading-of.ts';
import { readiness } from '../../workload/readiness.ts';
import { whyNotReady } from '../../workload/why-not-ready.ts';
import type { Workload } from '../../workload/workload.ts';
import type { GroupNow } from '../move.ts';
import { type StepKind, type StepLook, together, unknownWait, workloadObject } from '../step-look.ts';
import { workloadsOfGroup } from '../workloads-of-group.ts';

const site = 'target';

/** Pods that mount a claim which the workload mounts; none where they cannot be read, as nothing hangs on them. */
const podsOf = ({ sites }: GroupNow, { namespace, claims }: Workload): readonly Pod[] => {
  const { view } = sites[site];
  const pods = readingOf(() => claims.flatMap((name) => knownValue(view).podsOf({ namespace, name })));
  return pods.known ? pods.value : [];
};

const look = (now: GroupNow): StepLook => {
  const [first] = now.group.volumes;
  const workloads = workloadsOfGroup(now, site);
  if (!workloads.known) return together(first === undefined ? [] : [unknownWait(first, site, workloads.why)]);
  return together(
    workloads.value
      .filter(({ size, hasEnded, isMadeByAnother }) => size > 0 && !hasEnded && !isMadeByAnother)
      .map((workload) => {
        const { ready, why } = readiness(workload, workload.size);
        if (ready) return {};
        const because = whyNotReady(workload, podsOf(now, workload));
        return {
          waits: [
            {
              site,
              object: workloadObject(workload),
              why: because === undefined ? why : `${why} (${because})`,
            },
          ],
        };
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
