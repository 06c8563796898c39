import type { VolumeStatus } from '../../core/status/assess.ts';
import {
  namespacesOnBothSides,
  splitApplications,
  withSplits,
} from '../../core/status/split-applications.ts';
import type { Sites } from '../door/clusters.ts';
import { listSites } from './gather.ts';

/** The volumes, with those of applications that are torn over both sites judged as such. `onGap`: what could not be read for it. */
export const markSplits = async (
  volumes: readonly VolumeStatus[],
  sites: Sites,
  { signal, onGap }: { readonly signal: AbortSignal; readonly onGap: (why: string) => void },
): Promise<readonly VolumeStatus[]> => {
  const namespaces = namespacesOnBothSides(volumes);
  if (namespaces.length === 0) return volumes;
  const { gatherMounting } = await import('./gather-mounting.ts');
  const gathered = await gatherMounting(listSites(sites), namespaces, signal);
  const read = gathered.flatMap(({ site, workloads }) =>
    workloads.known ? [{ site, workloads: workloads.value }] : [],
  );
  for (const { workloads } of gathered) if (!workloads.known) onGap(workloads.why);
  return withSplits(volumes, splitApplications(volumes, read));
};
