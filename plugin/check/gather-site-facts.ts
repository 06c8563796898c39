import type {
  CheckedNamespace,
  CsiAddonsNode,
  CsiNode,
  Definition,
  LeaseHeld,
  SiteFacts,
} from '../../core/check/facts.ts';
import { DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { Pod } from '../../core/model/pod.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { StorageClass } from '../../core/model/storage-class.ts';
import { viewLists } from '../../core/protection/view-lists.ts';
import type { SiteObjects } from '../../core/status/snapshot.ts';
import { isNotFound } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import { gatherSite, type Scope, type SiteReading } from '../status/gather-site.ts';
import { readWebhook } from './read-webhook.ts';

/** One lease a node, renewed every ten seconds: none of them tells of controllers. */
const withoutNodes = 'metadata.namespace!=kube-node-lease';

/** Waits for a reading; a failure becomes one, but for an interruption. */
const reading = async <T>(
  site: Site,
  what: string,
  { signal }: Scope,
  request: Promise<T>,
): Promise<Reading<T>> => {
  try {
    return known(await request);
  } catch (error) {
    signal.throwIfAborted();
    return unknown(
      `${what} of ${site.name} cannot be read: ${messageOf(error).replace(`${site.name}: `, '')}`,
    );
  }
};

/** A kind that is not installed has no objects. */
const listOrNone = async <T extends KubernetesObject>(
  { cluster }: Site,
  resource: Resource,
  options: { namespace?: string; fieldSelector?: string; signal: AbortSignal },
): Promise<readonly T[]> => {
  try {
    return (await cluster.listAll<T>(resource, options)).items;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
};

const getOrNone = async <T extends KubernetesObject>(
  { cluster }: Site,
  resource: Resource,
  name: string,
  signal: AbortSignal,
): Promise<T | undefined> => {
  try {
    return await cluster.get<T>(resource, { name }, { signal });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

const readDefinition = (site: Site, { group, plural }: Resource, scope: Scope) =>
  reading(
    site,
    'customresourcedefinitions',
    scope,
    getOrNone<Definition>(site, resources.customResourceDefinitions, `${plural}.${group}`, scope.signal),
  );

/** Who may see one namespace may often not list them all. */
const findNamespaces = async (
  site: Site,
  { namespace, signal }: Scope,
): Promise<readonly CheckedNamespace[]> => {
  if (namespace === undefined) return listOrNone(site, resources.namespaces, { signal });
  const found = await getOrNone<CheckedNamespace>(site, resources.namespaces, namespace, signal);
  return found === undefined ? [] : [found];
};

const viewOf = (
  objects: Reading<SiteObjects>,
  pods: Reading<readonly Pod[]>,
  storageClasses: Reading<readonly StorageClass[]>,
) => {
  const part = <K extends keyof SiteObjects>(name: K): Reading<SiteObjects[K]> =>
    objects.known ? known(objects.value[name]) : objects;
  return viewLists({
    replications: part('replications'),
    groups: part('groups'),
    replicationClasses: objects.known ? objects.value.classes : objects,
    claims: objects.known ? objects.value.claims : objects,
    volumes: objects.known ? objects.value.volumes : objects,
    storageClasses,
    pods,
    attachments: unknown('they were not read'),
  });
};

/** Who may not read definitions learns from the kind itself that it is not there. */
const lackingDefinition = (
  definition: Reading<Definition | undefined>,
  error: unknown,
): Reading<Definition | undefined> =>
  error instanceof DrError && error.code === 'CrdsNotInstalled' ? known(undefined) : definition;

/** Records that were listed come with where a watch would go on; none came of a server that does not have the kind. */
const isWithoutRecords = ({ snapshot: { objects }, resourceVersions }: SiteReading): boolean =>
  objects.known && objects.value.operations.known && resourceVersions.operations === undefined;

/** Reads what the checks look at of one site, in one round of parallel lists and the question to the guard. Only an interruption is thrown. */
export const gatherSiteFacts = async (
  site: Site,
  scope: Scope,
  named: readonly string[],
): Promise<SiteFacts> => {
  const { namespace, signal } = scope;
  const inScope = { ...(namespace !== undefined && { namespace }), signal };
  const list = <T extends KubernetesObject>(resource: Resource, options = {}) =>
    reading(site, resource.plural, scope, listOrNone<T>(site, resource, { signal, ...options }));
  const [
    status,
    definition,
    classDefinition,
    operationDefinition,
    storageClasses,
    csiDrivers,
    csiNodes,
    addons,
    leases,
    namespaces,
    pods,
    webhook,
  ] = await Promise.all([
    gatherSite(site, scope, named),
    readDefinition(site, resources.volumeReplications, scope),
    readDefinition(site, resources.volumeReplicationClasses, scope),
    readDefinition(site, resources.operations, scope),
    list<StorageClass>(resources.storageClasses),
    list(resources.csiDrivers),
    list<CsiNode>(resources.csiNodes),
    list<CsiAddonsNode>(resources.csiAddonsNodes),
    list<LeaseHeld>(resources.leases, { fieldSelector: withoutNodes }),
    reading(site, 'namespaces', scope, findNamespaces(site, scope)),
    list<Pod>(resources.pods, inScope),
    readWebhook(site, signal),
  ]);
  const { objects } = status.snapshot;
  return {
    site,
    objects,
    view: viewOf(objects, pods, storageClasses),
    replicationDefinition: lackingDefinition(definition, status.error),
    classDefinition,
    operationDefinition: isWithoutRecords(status) ? known(undefined) : operationDefinition,
    storageClasses,
    csiDrivers,
    csiNodes,
    csiAddonsNodes: addons,
    leases,
    namespaces,
    pods,
    webhook,
  };
};
