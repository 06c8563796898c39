import type { Reading } from '../model/reading.ts';
import type { Workload } from '../workload/workload.ts';
import type { GroupNow, SiteRole } from './move.ts';

/** The workloads of one site that mount a claim of the group. */
export const workloadsOfGroup = (
  { sites, group }: GroupNow,
  role: SiteRole,
): Reading<readonly Workload[]> => {
  const { workloads } = sites[role];
  if (!workloads.known) return workloads;
  const mounted = new Set(group.volumes.map((volume) => `${volume[role].namespace}/${volume[role].name}`));
  const mounts = ({ namespace, claims }: Workload): boolean =>
    claims.some((name) => mounted.has(`${namespace}/${name}`));
  return { known: true, value: workloads.value.filter(mounts) };
};
