import type { BackupSource } from '../../core/backup/backup-index.ts';
import type { BackupFacts } from '../../core/backup/compose-backup.ts';
import { isMadeByOperator } from '../../core/backup/workloads/pod-owners.ts';
import { companionResources, workloadResources } from '../../core/backup/workloads/workload-resources.ts';
import { DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { claimsOfPod } from '../../core/model/pod.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import type { SiteObjects } from '../../core/status/snapshot.ts';
import type { Site } from '../door/clusters.ts';
import { gatherSite, type Scope } from '../status/gather-site.ts';
import { followOwners } from './follow-owners.ts';

/** What goes along with the volumes. */
export type Extent = { readonly workloads: boolean; readonly secrets: boolean };

type Objects = Reading<readonly KubernetesObject[]>;

/** The kind is not installed, so there is nothing of it. */
const isNotServed = (error: unknown): boolean =>
  error instanceof DrError && ['ResourceNotServed', 'NotFound'].includes(error.code);

/** What a failed request says; an interruption is no reading. */
const failed = (error: unknown, site: Site, { signal }: Scope) => {
  signal.throwIfAborted();
  return unknown(oneLine(messageOf(error).replace(`${site.name}: `, '')));
};

const readList = async (site: Site, resource: Resource, scope: Scope): Promise<Objects> => {
  const { namespace, signal } = scope;
  try {
    const inNamespace = resource.namespaced && namespace !== undefined ? { namespace } : {};
    return known((await site.cluster.listAll(resource, { ...inNamespace, signal })).items);
  } catch (error) {
    return isNotServed(error) ? known([]) : failed(error, site, scope);
  }
};

/** A person who may see one namespace may often not list them all. */
const readNamespaces = async (site: Site, scope: Scope): Promise<Objects> => {
  const { namespace: name, signal } = scope;
  if (name === undefined) return readList(site, resources.namespaces, scope);
  try {
    return known([await site.cluster.get(resources.namespaces, { name }, { signal })]);
  } catch (error) {
    return failed(error, site, scope);
  }
};

/** Null where it cannot be read: a backup is no worse for it. */
const orNull = async <T>(request: Promise<T>, { signal }: Scope): Promise<T | null> => {
  try {
    return await request;
  } catch {
    signal.throwIfAborted();
    return null;
  }
};

const readSource = async (site: Site, scope: Scope): Promise<BackupSource> => {
  const { signal } = scope;
  const [system, version] = await Promise.all([
    orNull(site.cluster.get(resources.namespaces, { name: 'kube-system' }, { signal }), scope),
    orNull(site.cluster.request<{ gitVersion?: string }>('GET', '/version', { signal }), scope),
  ]);
  return {
    site: site.name,
    clusterUid: system?.metadata.uid ?? null,
    kubernetesVersion: version?.gitVersion ?? null,
  };
};

type ListOf = (resource: Resource) => readonly KubernetesObject[];

/** Workloads, and pods that mount claims, which an operator makes: who that is in the end is read, and nothing else. */
const madeByOperators = (listOf: ListOf): readonly KubernetesObject[] =>
  [
    ...workloadResources.flatMap(listOf),
    ...listOf(resources.pods).filter((pod) => claimsOfPod(pod).length > 0),
  ].filter(isMadeByOperator);

type WorkloadsIn = BackupFacts['workloadsIn'];

const readWorkloads = async (site: Site, scope: Scope, extent: Extent): Promise<WorkloadsIn> => {
  if (!extent.workloads) return undefined;
  const secrets = extent.secrets ? [resources.secrets] : [];
  const kinds = [...workloadResources, ...companionResources, resources.pods, ...secrets];
  const lists = await Promise.all(
    kinds.map(async (kind) => [kind.plural, await readList(site, kind, scope)] as const),
  );
  const grouped = lists.map(([plural, list]) => ({
    plural,
    list,
    byNamespace: Map.groupBy(list.known ? list.value : [], ({ metadata }) => metadata.namespace ?? ''),
  }));
  const listOf: ListOf = ({ plural }) => {
    const list = grouped.find((it) => it.plural === plural)?.list;
    return list?.known ? list.value : [];
  };
  const owners = await followOwners(site, madeByOperators(listOf), scope.signal);
  return (namespace) => ({
    owners,
    byPlural: Object.fromEntries(
      grouped.map(({ plural, list, byNamespace }) => [
        plural,
        list.known ? known(byNamespace.get(namespace) ?? []) : list,
      ]),
    ),
  });
};

/** What a server answers does not say which site it is. */
const ofSite = (error: unknown, { name }: Site): unknown => {
  if (!(error instanceof DrError) || error.message.startsWith(`${name}: `)) return error;
  const { code, hint, message } = error;
  return new DrError({
    code,
    message: `${name}: ${message}`,
    ...(hint !== undefined && { hint }),
    cause: error,
  });
};

/** Without claims and volumes there is nothing to back up. */
const readVolumes = async (site: Site, scope: Scope, claimNames: readonly string[]): Promise<SiteObjects> => {
  const { snapshot, error } = await gatherSite(site, scope, claimNames);
  if (error !== undefined) throw ofSite(error, site);
  const { objects } = snapshot;
  const failure = [objects, ...(objects.known ? [objects.value.claims, objects.value.volumes] : [])].find(
    (reading) => !reading.known,
  );
  if (objects.known && failure === undefined) return objects.value;
  throw new DrError({
    code: 'CannotRead',
    message: `${site.name}: ${failure?.known === false ? failure.why : 'it cannot be read'}`,
    hint: `see what you may read: ${site.kubectl} auth can-i --list`,
  });
};

/**
 * Reads what a backup may need of one site, all at the same time, with lists: the number of requests does not grow with the volumes.
 * Throws where the volumes themselves cannot be read; what else cannot is part of the answer.
 */
export const gatherBackup = async (
  site: Site,
  scope: Scope,
  claimNames: readonly string[],
  extent: Extent,
): Promise<{ facts: BackupFacts; source: BackupSource }> => {
  const [objects, storageClasses, groupClasses, namespaces, workloadsIn, source] = await Promise.all([
    readVolumes(site, scope, claimNames),
    readList(site, resources.storageClasses, scope),
    readList(site, resources.volumeGroupReplicationClasses, scope),
    readNamespaces(site, scope),
    readWorkloads(site, scope, extent),
    readSource(site, scope),
  ]);
  return {
    facts: { objects, context: { storageClasses, groupClasses, namespaces }, workloadsIn },
    source,
  };
};
