import { claimsMountedBy } from '../../core/backup/workloads/claims-of-workload.ts';
import { workloadResources } from '../../core/backup/workloads/workload-resources.ts';
import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject, OwnerReference } from '../../core/model/kubernetes-object.ts';
import type { Pod } from '../../core/model/pod.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import type { OwnerLookup } from '../../core/workload/owner-chain.ts';
import { ownersOfPods, ownersToRead, type PodOwner } from '../../core/workload/pod-owners.ts';
import {
  type ReplicaPaths,
  replicaPathsOf,
  type ScaledDefinition,
  usualPaths,
} from '../../core/workload/replica-paths.ts';
import { isNotFound } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import { createDiscovery } from '../door/discover-kinds.ts';
import type { CustomWorkload } from './live-workloads.ts';

/**
 * Climbs from the pods that use the claims to whoever makes them, and finds out which of those have a replica count. Costs requests only
 * where pods have owners that are not of a built-in kind.
 */
export const findPodOwners = async (
  site: Site,
  pods: readonly Pod[],
  claimNames: (namespace: string) => ReadonlySet<string>,
  builtIn: (owner: OwnerReference, namespace: string) => KubernetesObject | undefined,
  signal: AbortSignal,
): Promise<readonly PodOwner[]> => {
  const discover = createDiscovery(site, signal);
  const readings = new Map<string, Reading<KubernetesObject>>();
  const scales = new Map<string, Reading<Resource | undefined>>();
  const lookup: OwnerLookup = (owner, namespace) => {
    const here = builtIn(owner, namespace);
    return here === undefined ? readings.get(owner.uid) : known(here);
  };
  const readOwner = async (owner: OwnerReference, namespace: string): Promise<void> => {
    try {
      const found = await discover(owner);
      if (found === undefined) throw new Error(`kind ${owner.kind} of ${owner.apiVersion} is not served`);
      const where = found.resource.namespaced ? { namespace } : {};
      const object = await site.cluster.get(found.resource, { name: owner.name, ...where }, { signal });
      readings.set(owner.uid, known(object));
      scales.set(owner.uid, known(found.hasScale ? found.resource : undefined));
    } catch (error) {
      const why = unknown(isNotFound(error) ? 'it does not exist any more' : messageOf(error));
      readings.set(owner.uid, why);
      scales.set(owner.uid, why);
    }
  };
  const use = { pods, claimNames };
  for (;;) {
    const open = ownersToRead(use, lookup);
    if (open.length === 0) break;
    await Promise.all(open.map(({ owner, namespace }) => readOwner(owner, namespace)));
  }
  return ownersOfPods(use, lookup, (owner) => scales.get(owner.uid) ?? unknown('it was not read'));
};

/** Where a kind keeps its replica count, by its definition; one that cannot be read is taken for a usual one. */
const createPathReader = ({ cluster }: Site, signal: AbortSignal) => {
  const read = new Map<string, Promise<ReplicaPaths>>();
  const readOne = async ({ plural, group, version }: Resource): Promise<ReplicaPaths> => {
    try {
      const key = { name: `${plural}.${group}` };
      const definition = await cluster.get<ScaledDefinition>(resources.customResourceDefinitions, key, {
        signal,
      });
      return replicaPathsOf(definition, version) ?? usualPaths;
    } catch {
      signal.throwIfAborted();
      return usualPaths;
    }
  };
  return (resource: Resource): Promise<ReplicaPaths> => {
    const key = `${resource.plural}.${resource.group}/${resource.version}`;
    const reading = read.get(key) ?? readOne(resource);
    read.set(key, reading);
    return reading;
  };
};

/**
 * What of the owners has to be followed beside what is followed anyway: objects of custom kinds, and workloads whose pods mount claims that
 * their templates do not name.
 */
export const customWorkloads = async (
  site: Site,
  owners: readonly PodOwner[],
  signal: AbortSignal,
): Promise<readonly CustomWorkload[]> => {
  const pathsOf = createPathReader(site, signal);
  const found = owners.map(async (owner): Promise<CustomWorkload[]> => {
    if (owner.is !== 'scalable' && owner.is !== 'workload') return [];
    const { resource, namespace, object, claims } = owner;
    if (owner.is === 'workload' && claimsMountedBy(object, new Set(claims)).length === claims.length)
      return [];
    const paths = owner.is === 'scalable' ? await pathsOf(resource) : usualPaths;
    return [{ resource, namespace, name: object.metadata.name ?? '', claims, paths }];
  });
  return (await Promise.all(found)).flat();
};

/** Workloads of custom kinds that a record names: once their pods are gone nothing else tells which claims are theirs. */
export const findRecordedWorkloads = async (
  site: Site,
  workloads: Operation['workloads'],
  signal: AbortSignal,
): Promise<readonly CustomWorkload[]> => {
  const discover = createDiscovery(site, signal);
  const pathsOf = createPathReader(site, signal);
  const found = await Promise.all(
    workloads.map(async ({ apiVersion, kind, namespace, name, claims }): Promise<CustomWorkload[]> => {
      if (claims === undefined) return [];
      const builtIn = workloadResources.find((it) => it.kind === kind);
      if (builtIn !== undefined) return [{ resource: builtIn, namespace, name, claims, paths: usualPaths }];
      const discovered = await discover({ apiVersion, kind }).catch(() => undefined);
      if (discovered === undefined) return [];
      const { resource } = discovered;
      return [{ resource, namespace, name, claims, paths: await pathsOf(resource) }];
    }),
  );
  return found.flat();
};
