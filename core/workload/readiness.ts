import { podsDesiredOf } from './ready-pods.ts';
import type { Workload } from './workload.ts';

/** Whether a workload is up, and why: one clause. */
export type Readiness = { readonly ready: boolean; readonly why: string };

const counted = (ready: number, wanted: number): Readiness => ({
  ready: ready >= wanted,
  why: `${ready} of ${wanted} pods are ready`,
});

const readinessOfPods = (workload: Workload, ready: number, wantedSize: number): Readiness => {
  switch (workload.means) {
    // An autoscaler may have taken some away since: no more than its spec asks for can ever be ready.
    case 'replicas':
      return counted(ready, Math.min(wantedSize, workload.size));
    case 'nodeSelector':
      return counted(ready, podsDesiredOf(workload.object));
    case 'suspend':
      return ready > 0
        ? { ready: true, why: 'it is not suspended' }
        : { ready: false, why: 'its suspension is not over yet' };
  }
};

/** How far a workload that was started with a size has come. */
export const readiness = (workload: Workload, wantedSize: number): Readiness => {
  if (wantedSize === 0) return { ready: true, why: 'no pods are wanted' };
  if (workload.hasEnded) return { ready: true, why: 'it has ended' };
  if (workload.size === 0) return { ready: false, why: 'it is stopped' };
  return workload.ready === undefined
    ? { ready: false, why: 'its status is older than its spec' }
    : readinessOfPods(workload, workload.ready, wantedSize);
};
