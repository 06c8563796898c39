import { claimKeyText } from '../protection/claims-of-volume.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { claimRetentionOf, claimsMadeBy, keepWhenScaled } from '../workload/claim-retention.ts';
import { isRunning } from '../workload/is-running.ts';
import type { Workload } from '../workload/workload.ts';
import { type GroupNow, nameOfWorkload, type SiteRole } from './move.ts';
import { type Block, workloadObject } from './step-look.ts';
import { workloadsOfGroup } from './workloads-of-group.ts';

/**
 * Why a workload is not to be stopped: its controller would delete the claims of the pods that go. It makes the pod the owner of its claim
 * and the collector follows (KEP-1847), so that not even a refused deletion leaves the claim as it was.
 */
export const losesClaims = (now: GroupNow, site: SiteRole, workload: Workload): readonly Block[] => {
  const { resource, namespace, name, claims, object } = workload;
  if (resource.kind !== 'StatefulSet' || claimRetentionOf(object).whenScaled !== 'Delete') return [];
  const [first, ...more] = claimsMadeBy(object, claims);
  if (first === undefined) return [];
  const { kubectl } = now.sites[site].site;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return [
    {
      site,
      object: workloadObject(workload),
      isRule: true,
      obstacle: {
        code: 'DR429',
        message: `${nameOfWorkload(workload)} deletes its claims when it is scaled down (persistentVolumeClaimRetentionPolicy.whenScaled: Delete): to stop it would delete claim ${claimKeyText({ namespace, name: first })}${others}; have it keep them first`,
        next: `${kubectl} -n ${shellWord(namespace)} patch statefulset ${shellWord(name)} --type=merge -p '${keepWhenScaled}'`,
      },
    },
  ];
};

/** Sites whose workloads a procedure stops. */
const stops: Readonly<Record<GroupNow['verb'], readonly SiteRole[]>> = {
  relocate: ['source'],
  failback: ['target', 'source'],
  failover: [],
  undo: [],
};

/** Said before the first write, of all that would be stopped. */
export const claimsNotKept = (now: GroupNow): readonly Block[] => {
  if (now.volumes.every(({ isThrough }) => isThrough)) return [];
  return stops[now.verb].flatMap((site) => {
    const workloads = workloadsOfGroup(now, site);
    return (workloads.known ? workloads.value : [])
      .filter(isRunning)
      .flatMap((workload) => losesClaims(now, site, workload));
  });
};
