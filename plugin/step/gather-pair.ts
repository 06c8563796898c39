import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import type { Pod } from '../../core/model/pod.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { unreadableSite } from '../../core/model/site-refusal.ts';
import type { StorageClass } from '../../core/model/storage-class.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import { type ListedSite, viewLists } from '../../core/protection/view-lists.ts';
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

/** Reads lists of one site, and remembers whether each was of the whole cluster. */
const createLister = (site: Site, { namespaces, signal }: PairScope) => {
  let isWhole = true;

  const listIn = async <T extends KubernetesObject>(resource: Resource): Promise<readonly T[]> => {
    const lists = await Promise.all(
      namespaces.map((namespace) => site.cluster.listAll<T>(resource, { namespace, signal })),
    );
    return lists.flatMap(({ items }) => items);
  };

  /** Whoever may not list a whole cluster may perhaps list the namespaces that it is about. */
  const list = async <T extends KubernetesObject>(resource: Resource): Promise<readonly T[]> => {
    try {
      return (await site.cluster.listAll<T>(resource, { signal })).items;
    } catch (error) {
      if (!isForbidden(error) || !resource.namespaced) throw error;
      isWhole = false;
      return listIn<T>(resource);
    }
  };

  const attempt = async <T>(what: string, read: Promise<readonly T[]>): Promise<Reading<readonly T[]>> => {
    try {
      return known(await read);
    } catch (error) {
      return unknown(`${what} of ${site.name} cannot be read: ${whyOf(error, site)}`);
    }
  };

  return {
    list,
    tryList: <T extends KubernetesObject>(resource: Resource) => attempt(resource.plural, list<T>(resource)),
    /** Pods of the namespaces alone: of a whole cluster they would be more than all the rest. */
    tryListIn: <T extends KubernetesObject>(resource: Resource) =>
      attempt(resource.plural, listIn<T>(resource)),
    /** Undefined: everything was listed. */
    onlyNamespaces: () => (isWhole ? undefined : namespaces),
  };
};

type Lister = ReturnType<typeof createLister>;

/** Groups are optional: older installations do not have the kind. */
const listGroups = async (lister: Lister): Promise<readonly VolumeGroupReplication[]> => {
  try {
    return await lister.list<VolumeGroupReplication>(resources.volumeGroupReplications);
  } catch (error) {
    if (isNotServed(error)) return [];
    throw error;
  }
};

/** What both sites are asked for. Rejects where replications cannot be read: nothing can be said without them. */
const listVolumes = async (lister: Lister) => {
  const [replications, groups, claims, volumes] = await Promise.all([
    lister.list<VolumeReplication>(resources.volumeReplications),
    listGroups(lister),
    lister.tryList<PersistentVolumeClaim>(resources.persistentVolumeClaims),
    lister.tryList<PersistentVolume>(resources.persistentVolumes),
  ]);
  return { replications: known(replications), groups: known(groups), claims, volumes };
};

/** Reads the site that a step is made on. Rejects where its replications cannot be read. */
export const gatherHere = async (site: Site, scope: PairScope): Promise<ListedSite> => {
  const lister = createLister(site, scope);
  const [lists, replicationClasses, storageClasses, pods, attachments] = await Promise.all([
    listVolumes(lister),
    lister.tryList<VolumeReplicationClass>(resources.volumeReplicationClasses),
    lister.tryList<StorageClass>(resources.storageClasses),
    scope.withUsers ? lister.tryListIn<Pod>(resources.pods) : notRead,
    scope.withUsers ? lister.tryList<VolumeAttachment>(resources.volumeAttachments) : notRead,
  ]);
  const { onlyNamespaces } = lister;
  return viewLists({
    ...lists,
    replicationClasses,
    storageClasses,
    pods,
    attachments,
    onlyNamespaces: onlyNamespaces(),
  });
};

/** Reads the other site. It never rejects: a site that does not answer is unknown, with the reason. */
export const gatherThere = async (site: Site, scope: PairScope): Promise<SiteReading> => {
  const lister = createLister(site, scope);
  try {
    const lists = await listVolumes(lister);
    const unasked = {
      replicationClasses: notRead,
      storageClasses: notRead,
      pods: notRead,
      attachments: notRead,
    };
    return {
      site,
      view: known(viewLists({ ...lists, ...unasked, onlyNamespaces: lister.onlyNamespaces() })),
    };
  } catch (error) {
    return { site, view: unreadableSite(error, site.name) };
  }
};
