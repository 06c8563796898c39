import { claimKeyText } from '../protection/claims-of-volume.ts';
import type { Workload } from '../workload/workload.ts';
import type { BroughtWorkload, MoveGroup, MoveSite, MoveVolume, SiteRole } from './move.ts';

/** Names of volumes that belong together, one union at a time. */
const createUnions = () => {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined || parent === name ? name : rootOf(parent);
  };
  return {
    rootOf,
    unite: (a: string, b: string): void => {
      const [first, second] = [rootOf(a), rootOf(b)];
      if (first !== second) parents.set(second, first);
    },
  };
};

const claimsOf = ({ namespace, claims }: Pick<Workload, 'namespace' | 'claims'>): string[] =>
  claims.map((name) => `${namespace}/${name}`);

/** A workload as far as it tells which claims belong together. */
type Mounting = Pick<Workload, 'namespace' | 'name' | 'claims'>;

const workloadsOn = ({ workloads }: MoveSite): readonly Mounting[] =>
  workloads.known ? workloads.value : [];

/** What a group is called: after its first workload, else its first claim. */
const nameOf = (volumes: readonly MoveVolume[], workloads: readonly Mounting[]): string => {
  const claims = new Set(
    volumes.flatMap(({ source, target }) => [claimKeyText(source), claimKeyText(target)]),
  );
  const found = workloads.find((it) => claimsOf(it).some((claim) => claims.has(claim)));
  const [first] = volumes;
  if (found !== undefined) return `${found.namespace}/${found.name}`;
  return first === undefined ? '' : claimKeyText(first.source);
};

/**
 * Volumes that a workload mounts together, on either site or in a backup, move together; groups move side by side. In the order of
 * the volumes.
 */
export const formGroups = (
  volumes: readonly MoveVolume[],
  sites: Readonly<Record<SiteRole, MoveSite>>,
  brought: readonly BroughtWorkload[],
): readonly MoveGroup[] => {
  const unions = createUnions();
  const mounting = {
    source: [...workloadsOn(sites.source), ...brought],
    target: workloadsOn(sites.target),
  };
  for (const role of ['source', 'target'] as const) {
    const keys = new Map(volumes.map((volume) => [claimKeyText(volume[role]), claimKeyText(volume.source)]));
    for (const workload of mounting[role]) {
      const [first, ...others] = claimsOf(workload).flatMap((claim) => keys.get(claim) ?? []);
      for (const other of others) unions.unite(first ?? other, other);
    }
  }
  const grouped = Map.groupBy(volumes, ({ source }) => unions.rootOf(claimKeyText(source)));
  const workloads = [...mounting.source, ...mounting.target];
  return [...grouped.values()].map((members) => ({ name: nameOf(members, workloads), volumes: members }));
};
