import { replicasAnnotation } from '../backup/restore-annotations.ts';
import { parkedMarkKey } from './parked-mark.ts';
import { patchAt, usualPaths } from './replica-paths.ts';
import { forItself, type MergePatch } from './stop-workload.ts';
import type { StopMeans, Workload } from './workload.ts';

const startChange = (
  means: StopMeans,
  size: number,
  replicasAt: readonly string[] = usualPaths.spec,
): MergePatch => {
  switch (means) {
    case 'replicas':
      return { metadata: { annotations: { [replicasAnnotation]: null } }, ...patchAt(replicasAt, size) };
    case 'suspend':
      return { metadata: { annotations: { [parkedMarkKey]: null } }, spec: { suspend: false } };
    case 'nodeSelector':
      return { spec: { template: { spec: { nodeSelector: { [parkedMarkKey]: null } } } } };
  }
};

/** Has the size already, and nothing on it tells of another one. */
const isStarted = ({ means, size: now, sizeBefore }: Workload, size: number): boolean =>
  sizeBefore === undefined && (means === 'replicas' ? now === size : now > 0);

/**
 * The merge patch that starts a workload with a size and takes away what its stop left on it; undefined where there is nothing to
 * start: the size is 0, it has ended, or it runs so already.
 */
export const startPatch = (workload: Workload, size: number): MergePatch | undefined =>
  size <= 0 || workload.hasEnded || isStarted(workload, size)
    ? undefined
    : forItself(workload, startChange(workload.means, size, workload.replicasAt));

/**
 * The size that a workload is to have on the site that the volumes move to: what the operation recorded, else what it has where it
 * runs, else what it remembers itself. Undefined: nothing is known of it, so it stays as it is; a CronJob that somebody suspended on
 * purpose is such a one, and so is what another workload makes.
 */
export const sizeToStart = (workload: Workload, remembered: number | undefined): number | undefined => {
  if (workload.hasEnded) return undefined;
  if (remembered !== undefined) return remembered;
  if (workload.size > 0) return workload.size;
  return workload.isMadeByAnother ? undefined : workload.sizeBefore;
};
