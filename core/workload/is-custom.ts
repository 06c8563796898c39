import { workloadResources } from '../backup/workloads/workload-resources.ts';
import type { Workload } from './workload.ts';

/** Whether a workload is of a kind that Kubernetes itself does not make pods for. */
export const isCustom = ({ resource }: Pick<Workload, 'resource'>): boolean =>
  !workloadResources.some(({ kind, group }) => kind === resource.kind && group === resource.group);
