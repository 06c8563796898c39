import { replicasAnnotation } from '../backup/restore-annotations.ts';
import { parkedMark } from './parked-mark.ts';
import { patchAt, usualPaths } from './replica-paths.ts';
import type { StopMeans, Workload } from './workload.ts';

/** A JSON merge patch (RFC 7386). */
export type MergePatch = Readonly<Record<string, unknown>>;

/**
 * What stops a workload of a size and lets it remember that size; undefined where it is stopped already: what an earlier stop
 * remembered stays.
 */
export const stopChange = (
  means: StopMeans,
  size: number,
  replicasAt: readonly string[] = usualPaths.spec,
): MergePatch | undefined => {
  if (size === 0) return undefined;
  switch (means) {
    case 'replicas':
      return { metadata: { annotations: { [replicasAnnotation]: String(size) } }, ...patchAt(replicasAt, 0) };
    case 'suspend':
      return { metadata: { annotations: parkedMark }, spec: { suspend: true } };
    case 'nodeSelector':
      return { spec: { template: { spec: { nodeSelector: parkedMark } } } };
  }
};

/** The change for this very object: kube-apiserver refuses a patch with another uid as a conflict. */
export const forItself = (
  { uid }: Pick<Workload, 'uid'>,
  change: MergePatch & { readonly metadata?: object },
): MergePatch => ({
  ...change,
  metadata: { ...change.metadata, uid },
});

/** The merge patch that stops a workload; undefined where there is nothing to stop. */
export const stopPatch = (workload: Workload): MergePatch | undefined => {
  const change = workload.hasEnded
    ? undefined
    : stopChange(workload.means, workload.size, workload.replicasAt);
  return change && forItself(workload, change);
};
