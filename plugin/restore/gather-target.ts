import { DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { handlingOf } from '../../core/restore/restored-kinds.ts';
import type { ResourceQuota, TargetFacts } from '../../core/restore/target.ts';
import type { Site } from '../door/clusters.ts';

/** What of a target to read. */
export type TargetScope = {
  /** Namespaces that something is restored into, by their names there. */
  readonly namespaces: readonly string[];
  /** Objects that are neither claims nor PVs: of their kinds, what is there is read. */
  readonly others: readonly KubernetesObject[];
  /** Drivers of the volumes. */
  readonly drivers: ReadonlySet<string>;
  readonly clusterUid: Reading<string>;
  readonly signal: AbortSignal;
};

const codeOf = (error: unknown): string => (error instanceof DrError ? error.code : '');

/** What the answer of a server says about a failed read: that the cluster is unreachable is no fact about one kind. */
const isAnswer = (error: unknown): boolean =>
  ['Forbidden', 'NotFound', 'ResourceNotServed', 'MethodNotAllowed'].includes(codeOf(error));

const reading = async <T>(site: Site, what: string, read: Promise<T>): Promise<Reading<T>> => {
  try {
    return known(await read);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return unknown(`${what} of ${site.name} cannot be read: ${messageOf(error)}`);
  }
};

const listAll = async <T extends KubernetesObject>(
  { cluster }: Site,
  resource: Resource,
  signal: AbortSignal,
  namespace?: string,
): Promise<T[]> => {
  const { items } = await cluster.listAll<T>(resource, {
    ...(namespace !== undefined && { namespace }),
    signal,
  });
  // A list does not say of each item what it is.
  return items.map((item) => ({ ...item, kind: resource.kind }));
};

/** A namespace that is not there has no objects: its list is empty, and no error. */
const listIn = async <T extends KubernetesObject>(
  site: Site,
  resource: Resource,
  { namespaces, signal }: Pick<TargetScope, 'namespaces' | 'signal'>,
): Promise<T[]> =>
  (await Promise.all(namespaces.map((namespace) => listAll<T>(site, resource, signal, namespace)))).flat();

const tryList = <T extends KubernetesObject>(site: Site, resource: Resource, signal: AbortSignal) =>
  reading<readonly T[]>(site, resource.plural, listAll<T>(site, resource, signal));

const tryListIn = <T extends KubernetesObject>(
  site: Site,
  resource: Resource,
  scope: Pick<TargetScope, 'namespaces' | 'signal'>,
) => reading<readonly T[]>(site, resource.plural, listIn<T>(site, resource, scope));

/** A server that does not serve quotas enforces none. */
const readQuotas = async (site: Site, scope: TargetScope): Promise<TargetFacts['quotas']> => {
  try {
    return known(await listIn<ResourceQuota>(site, resources.resourceQuotas, scope));
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return codeOf(error) === 'ResourceNotServed' ? known([]) : unknown(messageOf(error));
  }
};

type CsiNode = KubernetesObject & { spec?: { drivers?: readonly { name: string }[] | null } };

const readDrivers = async (
  site: Site,
  { drivers, signal }: TargetScope,
): Promise<Reading<ReadonlySet<string>>> => {
  const [objects, nodes] = await Promise.all([
    tryList(site, resources.csiDrivers, signal),
    tryList<CsiNode>(site, resources.csiNodes, signal),
  ]);
  const found = new Set([
    ...(objects.known ? objects.value.map(({ metadata }) => metadata.name ?? '') : []),
    ...(nodes.known ? nodes.value.flatMap(({ spec }) => spec?.drivers?.map(({ name }) => name) ?? []) : []),
  ]);
  if ([...drivers].every((driver) => found.has(driver))) return known(found);
  const unread = [objects, nodes].find((one) => !one.known);
  if (unread?.known === false) return unknown(unread.why);
  // Nothing registers drivers there: no kubelet runs, as in a sandbox.
  return found.size === 0 ? unknown('no CSI driver is registered there at all') : known(found);
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
    quotas,
    others,
  ] = await Promise.all([
    listAll<PersistentVolume>(site, resources.persistentVolumes, signal),
    listIn<PersistentVolumeClaim>(site, resources.persistentVolumeClaims, scope),
    tryList(site, resources.namespaces, signal),
    tryList(site, resources.storageClasses, signal),
    readClasses(site, resources.volumeReplicationClasses, scope),
    readClasses(site, resources.volumeGroupReplicationClasses, scope),
    readDrivers(site, scope),
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
    quotas,
    others,
  };
};

/** Uid of the namespace `kube-system`, which tells clusters apart. */
export const readClusterUid = (site: Site, signal: AbortSignal): Promise<Reading<string>> =>
  reading(
    site,
    'namespace kube-system',
    site.cluster
      .get(resources.namespaces, { name: 'kube-system' }, { signal })
      .then(({ metadata }) => metadata.uid ?? ''),
  );
