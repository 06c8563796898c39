import { fileURLToPath } from 'node:url';
import { DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { unreadableSite } from '../../core/model/site-refusal.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import type { SiteObjects, SiteSnapshot } from '../../core/status/snapshot.ts';
import type { ObjectList } from '../../kube/cluster.ts';
import type { Site } from '../door/clusters.ts';

/** Which objects of a site to read. */
export type Scope = {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
};

/** What was read of a site, and where watches would go on; undefined: the kind is not served, or may not be read. */
export type SiteReading = {
  readonly snapshot: SiteSnapshot;
  readonly resourceVersions: {
    readonly replications: string;
    readonly groups: string | undefined;
    readonly operations: string | undefined;
  };
};

/** In the package: the bundles are as deep in it as this file is. */
const crdDirectory = fileURLToPath(new URL('../../manifests/crds', import.meta.url));

/** Of a cluster with more volumes than a first page, up to this many are asked for one by one. */
const fewVolumes = 32;
const firstPageSize = 100;

const codeOf = (error: unknown): string => (error instanceof DrError ? error.code : '');

/** The server does not serve the kind. */
const isNotServed = (error: unknown): boolean => ['ResourceNotServed', 'NotFound'].includes(codeOf(error));

/** One clause, with the site's own name taken off: it is said beside. */
const whyOf = (error: unknown, { name }: Site): string => messageOf(error).replace(`${name}: `, '');

const list = <T extends KubernetesObject>(site: Site, resource: Resource, scope: Scope) =>
  site.cluster.listAll<T>(resource, {
    ...(resource.namespaced && scope.namespace !== undefined && { namespace: scope.namespace }),
    signal: scope.signal,
  });

/** A list that status can do without: what it then says is unknown. */
const tryList = async <T extends KubernetesObject>(
  site: Site,
  resource: Resource,
  scope: Scope,
): Promise<Reading<readonly T[]>> => {
  try {
    return known((await list<T>(site, resource, scope)).items);
  } catch (error) {
    return unknown(`${resource.plural} of ${site.name} cannot be read: ${whyOf(error, site)}`);
  }
};

/** Groups are optional: older installations do not have the kind. */
const listGroups = async (site: Site, scope: Scope) => {
  try {
    return await list<VolumeGroupReplication>(site, resources.volumeGroupReplications, scope);
  } catch (error) {
    if (isNotServed(error)) return { items: [], resourceVersion: undefined };
    throw error;
  }
};

/** Records of procedures only explain what is seen: who may not read them, or has none, does without. */
const listOperations = async (
  site: Site,
  scope: Scope,
): Promise<{ operations: SiteObjects['operations']; resourceVersion: string | undefined }> => {
  try {
    const { items, resourceVersion } = await list<OperationRecord>(site, resources.operations, scope);
    return { operations: known(items), resourceVersion };
  } catch (error) {
    const operations = isNotServed(error)
      ? known([])
      : unknown(`operations of ${site.name} cannot be read: ${whyOf(error, site)}`);
    return { operations, resourceVersion: undefined };
  }
};

const listReplications = async (site: Site, scope: Scope) => {
  try {
    return await list<VolumeReplication>(site, resources.volumeReplications, scope);
  } catch (error) {
    if (!isNotServed(error)) throw error;
    throw new DrError({
      code: 'CrdsNotInstalled',
      message: `${site.name}: the VolumeReplication CRDs are not installed in this cluster`,
      hint: `install them with "${site.kubectl} apply -f ${crdDirectory}"`,
      cause: error,
    });
  }
};

const getVolumes = async (
  site: Site,
  names: readonly string[],
  signal: AbortSignal,
): Promise<PersistentVolume[]> => {
  const getOne = async (name: string): Promise<PersistentVolume[]> => {
    try {
      return [await site.cluster.get<PersistentVolume>(resources.persistentVolumes, { name }, { signal })];
    } catch (error) {
      if (isNotServed(error)) return [];
      throw error;
    }
  };
  return (await Promise.all(names.map(getOne))).flat();
};

/**
 * The volumes with these names. A first page is asked for together with everything else and is all there is in a small
 * cluster; of a large one, few volumes are asked for by name, and many by listing.
 */
const readVolumes = async (
  site: Site,
  scope: Scope,
  firstPage: Promise<ObjectList<PersistentVolume>>,
  wantedNames: Promise<readonly string[]>,
): Promise<Reading<readonly PersistentVolume[]>> => {
  try {
    const [page, wanted] = await Promise.all([firstPage, wantedNames]);
    if (page.continue === undefined) return known(page.items);
    const read = new Set(page.items.map(({ metadata }) => metadata.name));
    const missing = wanted.filter((name) => !read.has(name));
    if (missing.length > fewVolumes) return await tryList(site, resources.persistentVolumes, scope);
    return known([...page.items, ...(await getVolumes(site, missing, scope.signal))]);
  } catch (error) {
    return unknown(`persistent volumes of ${site.name} cannot be read: ${whyOf(error, site)}`);
  }
};

/** Names of the volumes behind the claims that something protects, or that were asked for. */
const wantedVolumes = (
  replications: readonly VolumeReplication[],
  groups: readonly VolumeGroupReplication[],
  claims: Reading<readonly PersistentVolumeClaim[]>,
  named: readonly string[],
): string[] => {
  const single = new Set(
    replications.map(({ metadata, spec }) => `${metadata.namespace}/${spec.dataSource.name}`),
  );
  const isShown = ({ metadata }: PersistentVolumeClaim): boolean =>
    groups.length > 0 ||
    single.has(`${metadata.namespace}/${metadata.name}`) ||
    named.includes(metadata.name ?? '');
  return claims.known ? claims.value.filter(isShown).flatMap(({ spec }) => spec?.volumeName || []) : [];
};

const readObjects = async (
  site: Site,
  scope: Scope,
  named: readonly string[],
): Promise<{ objects: SiteObjects; resourceVersions: SiteReading['resourceVersions'] }> => {
  const rest = Promise.all([
    listReplications(site, scope),
    listGroups(site, scope),
    tryList<VolumeReplicationClass>(site, resources.volumeReplicationClasses, scope),
    tryList<PersistentVolumeClaim>(site, resources.persistentVolumeClaims, scope),
    listOperations(site, scope),
  ]);
  const wanted = rest.then(([replications, groups, , claims]) =>
    wantedVolumes(replications.items, groups.items, claims, named),
  );
  const firstPage = site.cluster.list<PersistentVolume>(resources.persistentVolumes, {
    limit: firstPageSize,
    signal: scope.signal,
  });
  const [[replications, groups, classes, claims, { operations, resourceVersion }], volumes] =
    await Promise.all([rest, readVolumes(site, scope, firstPage, wanted)]);
  return {
    objects: { replications: replications.items, groups: groups.items, classes, claims, volumes, operations },
    resourceVersions: {
      replications: replications.resourceVersion,
      groups: groups.resourceVersion,
      operations: resourceVersion,
    },
  };
};

/**
 * Reads what status needs of one site, in one round of parallel requests where the cluster is small. What goes wrong becomes part of the answer:
 * the other site's facts still count. Only an interruption is thrown.
 */
export const gatherSite = async (
  site: Site,
  scope: Scope,
  named: readonly string[] = [],
): Promise<SiteReading & { error?: unknown }> => {
  try {
    const { objects, resourceVersions } = await readObjects(site, scope, named);
    return { snapshot: { site, objects: known(objects) }, resourceVersions };
  } catch (error) {
    scope.signal.throwIfAborted();
    return {
      error,
      snapshot: { site, objects: unreadableSite(error, site.name) },
      resourceVersions: { replications: '', groups: undefined, operations: undefined },
    };
  }
};
