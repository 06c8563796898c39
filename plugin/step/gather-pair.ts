import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import type { Pod } from '../../core/model/pod.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { StorageClass } from '../../core/model/storage-class.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import { type ListedSite, type SiteLists, viewLists } from '../../core/protection/view-lists.ts';
import type { SiteReading } from '../../core/step/step-facts.ts';
import { isForbidden, isNotServed } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';

/** How much of a site to read. */
export type PairScope = {
  /** Namespaces of the claims that the step is about. */
  readonly namespaces: readonly string[];
  /** What uses the volumes is read only for a step that it matters to. */
  readonly withUsers: boolean;
  readonly signal: AbortSignal;
};

const notRead = unknown('it was not read');

const whyOf = (error: unknown, { name }: Site): string => messageOf(error).replace(`${name}: `, '');

/** Whoever may not list a whole cluster may perhaps list the namespaces that it is about. */
const listWidely = async <T extends KubernetesObject>(
  site: Site,
  resource: Resource,
  { namespaces, signal }: PairScope,
): Promise<readonly T[]> => {
  try {
    return (await site.cluster.listAll<T>(resource, { signal })).items;
  } catch (error) {
    if (!isForbidden(error) || !resource.namespaced) throw error;
    const lists = await Promise.all(
      namespaces.map((namespace) => site.cluster.listAll<T>(resource, { namespace, signal })),
    );
    return lists.flatMap(({ items }) => items);
  }
};

const tryList = async <T extends KubernetesObject>(
  site: Site,
  resource: Resource,
  scope: PairScope,
): Promise<Reading<readonly T[]>> => {
  try {
    return known(await listWidely<T>(site, resource, scope));
  } catch (error) {
    return unknown(`${resource.plural} of ${site.name} cannot be read: ${whyOf(error, site)}`);
  }
};

/** Groups are optional: older installations do not have the kind. */
const tryListGroups = async (site: Site, scope: PairScope): Promise<SiteLists['groups']> => {
  try {
    return known(await listWidely<VolumeGroupReplication>(site, resources.volumeGroupReplications, scope));
  } catch (error) {
    if (isNotServed(error)) return known([]);
    return unknown(`groups of ${site.name} cannot be read: ${whyOf(error, site)}`);
  }
};

/** Pods of the namespaces alone: of a whole cluster they would be more than all the rest. */
const tryListPods = async (site: Site, scope: PairScope): Promise<SiteLists['pods']> => {
  try {
    const lists = await Promise.all(
      scope.namespaces.map((namespace) =>
        site.cluster.listAll<Pod>(resources.pods, { namespace, signal: scope.signal }),
      ),
    );
    return known(lists.flatMap(({ items }) => items));
  } catch (error) {
    return unknown(`pods of ${site.name} cannot be read: ${whyOf(error, site)}`);
  }
};

/** Reads the site that a step is made on. Rejects where its replications cannot be read. */
export const gatherHere = async (site: Site, scope: PairScope): Promise<ListedSite> => {
  const [replications, claims, volumes, groups, replicationClasses, storageClasses, pods, attachments] =
    await Promise.all([
      listWidely<VolumeReplication>(site, resources.volumeReplications, scope),
      tryList<PersistentVolumeClaim>(site, resources.persistentVolumeClaims, scope),
      tryList<PersistentVolume>(site, resources.persistentVolumes, scope),
      tryListGroups(site, scope),
      tryList<VolumeReplicationClass>(site, resources.volumeReplicationClasses, scope),
      tryList<StorageClass>(site, resources.storageClasses, scope),
      scope.withUsers ? tryListPods(site, scope) : notRead,
      scope.withUsers ? tryList<VolumeAttachment>(site, resources.volumeAttachments, scope) : notRead,
    ]);
  return viewLists({
    replications: known(replications),
    claims,
    volumes,
    groups,
    replicationClasses,
    storageClasses,
    pods,
    attachments,
  });
};

/** Reads the other site. It never rejects: a site that does not answer is unknown, with the reason. */
export const gatherThere = async (site: Site, scope: PairScope): Promise<SiteReading> => {
  try {
    const [replications, claims, volumes, groups] = await Promise.all([
      listWidely<VolumeReplication>(site, resources.volumeReplications, scope),
      tryList<PersistentVolumeClaim>(site, resources.persistentVolumeClaims, scope),
      tryList<PersistentVolume>(site, resources.persistentVolumes, scope),
      tryListGroups(site, scope),
    ]);
    const view = viewLists({
      replications: known(replications),
      claims,
      volumes,
      groups,
      replicationClasses: notRead,
      storageClasses: notRead,
      pods: notRead,
      attachments: notRead,
    });
    return { site, view: known(view) };
  } catch (error) {
    return { site, view: unknown(whyOf(error, site)) };
  }
};
