import { DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import { known, type Reading, unknown } from '../../core/status/reading.ts';
import type { VolumeGroupReplication } from '../../core/status/replication.ts';
import type { SiteObjects, SiteSnapshot } from '../../core/status/snapshot.ts';
import type { Site } from '../door/clusters.ts';

/** Which objects of a site to read. */
export type Scope = {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
};

/** What was read of a site, and where a watch of its replications would go on. */
export type SiteReading = {
  readonly snapshot: SiteSnapshot;
  readonly resourceVersions: { readonly replications: string; readonly groups: string | undefined };
};

/** Up to this many volumes are asked for one by one; a cluster may hold thousands that are not protected. */
const fewVolumes = 8;

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

const listReplications = async (site: Site, scope: Scope) => {
  try {
    return await list<VolumeReplication>(site, resources.volumeReplications, scope);
  } catch (error) {
    if (!isNotServed(error)) throw error;
    throw new DrError({
      code: 'CrdsNotInstalled',
      message: `${site.name}: the VolumeReplication CRDs are not installed in this cluster`,
      hint: `install them with "${site.kubectl} apply -f manifests/crds"`,
      cause: error,
    });
  }
};

const getVolumes = async (
  site: Site,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly PersistentVolume[]>> => {
  const getOne = async (name: string): Promise<PersistentVolume[]> => {
    try {
      return [await site.cluster.get<PersistentVolume>(resources.persistentVolumes, { name }, { signal })];
    } catch (error) {
      if (isNotServed(error)) return [];
      throw error;
    }
  };
  try {
    return known((await Promise.all(names.map(getOne))).flat());
  } catch (error) {
    return unknown(`persistent volumes of ${site.name} cannot be read: ${whyOf(error, site)}`);
  }
};

/** The volumes behind the claims that something protects, or that were asked for. */
const readVolumes = async (
  site: Site,
  scope: Scope,
  claims: readonly PersistentVolumeClaim[],
  isShown: (claim: PersistentVolumeClaim) => boolean,
): Promise<Reading<readonly PersistentVolume[]>> => {
  const names = claims.filter(isShown).flatMap(({ spec }) => spec?.volumeName || []);
  return names.length <= fewVolumes
    ? getVolumes(site, names, scope.signal)
    : tryList<PersistentVolume>(site, resources.persistentVolumes, scope);
};

const readObjects = async (
  site: Site,
  scope: Scope,
  named: readonly string[],
): Promise<{ objects: SiteObjects; resourceVersions: SiteReading['resourceVersions'] }> => {
  const [replications, groups, classes, claims] = await Promise.all([
    listReplications(site, scope),
    listGroups(site, scope),
    tryList<VolumeReplicationClass>(site, resources.volumeReplicationClasses, scope),
    tryList<PersistentVolumeClaim>(site, resources.persistentVolumeClaims, scope),
  ]);
  const single = new Set(
    replications.items.map(({ metadata, spec }) => `${metadata.namespace}/${spec.dataSource.name}`),
  );
  const isShown = ({ metadata }: PersistentVolumeClaim): boolean =>
    groups.items.length > 0 ||
    single.has(`${metadata.namespace}/${metadata.name}`) ||
    named.includes(metadata.name ?? '');
  const volumes = claims.known ? await readVolumes(site, scope, claims.value, isShown) : claims;
  return {
    objects: { replications: replications.items, groups: groups.items, classes, claims, volumes },
    resourceVersions: { replications: replications.resourceVersion, groups: groups.resourceVersion },
  };
};

/**
 * Reads what status needs of one site, in two rounds of parallel requests. What goes wrong becomes part of the answer:
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
      snapshot: { site, objects: unknown(whyOf(error, site)) },
      resourceVersions: { replications: '', groups: undefined },
    };
  }
};
