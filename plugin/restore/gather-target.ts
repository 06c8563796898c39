import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { handlingOf } from '../../core/restore/restored-kinds.ts';
import type { ResourceQuota, TargetFacts } from '../../core/restore/target.ts';
import type { Site } from '../door/clusters.ts';
import { codeOf } from './error-code.ts';
import {
  isAnswer,
  listAll,
  listIn,
  type NamespaceScope,
  readingOfAnswer,
  tryList,
  tryListIn,
} from './list-objects.ts';
import { readDrivers } from './read-drivers.ts';

/** What of a target to read: its namespaces are those that something is restored into. */
export type TargetScope = NamespaceScope & {
  /** Objects that are neither claims nor PVs: of their kinds, what is there is read. */
  readonly others: readonly KubernetesObject[];
  /** Drivers of the volumes. */
  readonly drivers: ReadonlySet<string>;
  /** Whether a PV demands something of the nodes. */
  readonly asksForNodes: boolean;
  readonly clusterUid: Reading<string>;
};

/** A server that does not serve quotas enforces none. */
const readQuotas = async (site: Site, scope: TargetScope): Promise<TargetFacts['quotas']> => {
  try {
    return known(await listIn<ResourceQuota>(site, resources.resourceQuotas, scope));
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return codeOf(error) === 'ResourceNotServed' ? known([]) : unknown(messageOf(error));
  }
};

const resourcesOf = (others: readonly KubernetesObject[]): Resource[] => {
  const found = others.flatMap((object) => {
    const handling = handlingOf(object);
    return handling?.act === 'restore' && handling.resource.namespaced ? [handling.resource] : [];
  });
  return [...new Map(found.map((resource) => [resource.kind, resource])).values()];
};

const readOthers = async (site: Site, scope: TargetScope): Promise<TargetFacts['others']> => {
  const namespaces = [...new Set(scope.others.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const wanted = resourcesOf(scope.others);
  const readings = await Promise.all(
    wanted.map((resource) => tryListIn(site, resource, { namespaces, signal: scope.signal })),
  );
  return new Map(wanted.map(({ kind }, index) => [kind, readings[index] ?? unknown('it was not read')]));
};

type Classes = { readonly objects: TargetFacts['replicationClasses']; readonly unserved: readonly string[] };

/** A kind that the source brings nothing of is not looked at; one of a CRD may not be served. */
const readClasses = async (
  site: Site,
  resource: Resource,
  { others, signal }: TargetScope,
): Promise<Classes> => {
  if (!others.some(({ kind }) => kind === resource.kind)) return { objects: known([]), unserved: [] };
  try {
    return { objects: known(await listAll(site, resource, signal)), unserved: [] };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    const isUnserved = codeOf(error) !== 'Forbidden';
    return { objects: unknown(messageOf(error)), unserved: isUnserved ? [resource.kind] : [] };
  }
};

/**
 * Reads what a restore looks at, kind by kind: the number of requests depends on the number of namespaces, not of volumes. What a
 * server does not let us read is unknown, apart from PVs and claims, without which nothing can be decided.
 */
export const gatherTarget = async (site: Site, scope: TargetScope): Promise<TargetFacts> => {
  const { signal } = scope;
  const [
    volumes,
    claims,
    namespaces,
    storageClasses,
    replicationClasses,
    groupReplicationClasses,
    drivers,
    nodes,
    quotas,
    others,
  ] = await Promise.all([
    listAll<PersistentVolume>(site, resources.persistentVolumes, signal),
    listIn<PersistentVolumeClaim>(site, resources.persistentVolumeClaims, scope),
    tryList(site, resources.namespaces, signal),
    tryList(site, resources.storageClasses, signal),
    readClasses(site, resources.volumeReplicationClasses, scope),
    readClasses(site, resources.volumeGroupReplicationClasses, scope),
    readDrivers(site, scope.drivers, signal),
    scope.asksForNodes ? tryList(site, resources.nodes, signal) : known([]),
    readQuotas(site, scope),
    readOthers(site, scope),
  ]);
  return {
    site,
    clusterUid: scope.clusterUid,
    volumes,
    claims,
    namespaces,
    storageClasses,
    replicationClasses: replicationClasses.objects,
    groupReplicationClasses: groupReplicationClasses.objects,
    unservedKinds: new Set([...replicationClasses.unserved, ...groupReplicationClasses.unserved]),
    drivers,
    nodes,
    quotas,
    others,
  };
};

/** Uid of the namespace `kube-system`, which tells clusters apart. */
export const readClusterUid = (site: Site, signal: AbortSignal): Promise<Reading<string>> =>
  readingOfAnswer(
    site,
    'namespace kube-system',
    site.cluster
      .get(resources.namespaces, { name: 'kube-system' }, { signal })
      .then(({ metadata }) => metadata.uid ?? ''),
  );
