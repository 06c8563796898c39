import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { meansOf, sizeOf } from '../workload/stop-means.ts';
import { stopChange } from '../workload/stop-workload.ts';
import { mergePatch } from './merge-patch.ts';

/**
 * A workload that starts nothing until somebody lets it: its volumes cannot be written before they are promoted. It is stopped as a
 * running one is; what was at zero already keeps the replica count that an earlier scaling remembered.
 */
export const parkWorkload = (workload: KubernetesObject): KubernetesObject => {
  const means = meansOf(workload.kind);
  const change = means && stopChange(means, sizeOf(means, workload));
  return change === undefined ? workload : (mergePatch(workload, change) as KubernetesObject);
};
