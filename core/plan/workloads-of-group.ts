import type { Reading } from '../model/reading.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import type { Workload } from '../workload/workload.ts';
import { type BroughtWorkload, type GroupNow, nameOfWorkload, type SiteRole, workloadName } from './move.ts';

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

/** The workloads that are brought along with the claims of the group. */
export const broughtToGroup = ({ brought, group }: GroupNow): readonly BroughtWorkload[] => {
  const claims = new Set(group.volumes.map(({ source }) => claimKeyText(source)));
  return brought.workloads.filter(({ namespace, claims: names }) =>
    names.some((name) => claims.has(`${namespace}/${name}`)),
  );
};

/** Workloads of the source that are wanted on the target, that it does not have, and that nothing brings. */
export const missingOnTarget = (now: GroupNow): readonly Workload[] => {
  const [source, target] = [workloadsOfGroup(now, 'source'), now.sites.target.workloads];
  if (!source.known || !target.known) return [];
  const there = new Set([...target.value.map(nameOfWorkload), ...broughtToGroup(now).map(workloadName)]);
  return source.value.filter(
    (it) =>
      !it.hasEnded &&
      !it.isMadeByAnother &&
      Math.max(it.size, it.sizeBefore ?? 0, now.sizesBefore.get(nameOfWorkload(it)) ?? 0) > 0 &&
      !there.has(nameOfWorkload(it)),
  );
};
