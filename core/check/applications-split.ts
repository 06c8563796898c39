import { namespacesOnBothSides, type SiteMounting, splitApplications } from '../status/split-applications.ts';
import type { CheckFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';

const look = ({ volumes, mounting, sites }: CheckFacts): readonly Seen[] => {
  const namespaces = namespacesOnBothSides(volumes);
  if (namespaces.length === 0) return [];
  const read = mounting.flatMap(({ site, workloads }): SiteMounting[] =>
    workloads.known ? [{ site, workloads: workloads.value }] : [],
  );
  const gaps = mounting.flatMap(({ workloads }): Seen[] =>
    workloads.known ? [] : [{ unknown: workloads.why }],
  );
  const found = splitApplications(volumes, read).map(({ workload, site, message, next }) => {
    const { kind, namespace, name } = workload;
    const on = sites.find((it) => it.site.context === site.context);
    return finding('DR420', 'error', { site: on, object: { kind, namespace, name }, message, next });
  });
  return [...found, ...gaps];
};

/** DR420. Each of its volumes is well by itself, and the application runs nowhere. */
export const applicationsSplit: Check = { name: 'ApplicationsSplit', codes: ['DR420'], look };
