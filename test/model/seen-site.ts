// What an operator has seen of a site: kind by kind, as old as its watches are behind.
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { known, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { MoveSite } from '../../core/plan/move.ts';
import { type ListedSite, viewLists } from '../../core/protection/view-lists.ts';
import { readWorkloads } from '../../core/workload/read-workload.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { LiveSite } from '../../plugin/operation/live-site.ts';
import type { MovingSite } from './moving-world.ts';
import { claimNames } from './simulated-storage.ts';
import { workloadKinds } from './simulated-workloads.ts';

const followedKinds: readonly Resource[] = [
  resources.volumeReplications,
  resources.persistentVolumeClaims,
  resources.persistentVolumes,
  resources.pods,
  resources.volumeAttachments,
  ...workloadKinds,
];

export type SeenSite = {
  readonly live: LiveSite;
  /** Its watches catch up: all of them, or each that the choice says; one that finds nobody tells that the site is dark. */
  lookAnew(choice?: number): void;
  /** Whether it hears of its own writes at once. */
  lags: boolean;
};

/** A site before its first look. */
export const createSeenSite = (site: MovingSite, cluster: Cluster, reaches: () => boolean): SeenSite => {
  const { simulated, name } = site.guarded;
  const lists = new Map<string, readonly KubernetesObject[]>();
  const siteName = { name, context: name, kubectl: `kubectl --context ${name}` };
  let dark: string | undefined = 'it has not answered yet';
  let view: ListedSite | undefined;

  const look = (resource: Resource): void => {
    lists.set(resource.plural, simulated.all(resource));
    view = undefined;
  };
  const seen = <T extends KubernetesObject>({ plural }: Resource) =>
    known((lists.get(plural) ?? []) as readonly T[]);
  const viewNow = (): ListedSite =>
    viewLists({
      claims: seen(resources.persistentVolumeClaims),
      volumes: seen(resources.persistentVolumes),
      replications: seen(resources.volumeReplications),
      groups: known([]),
      replicationClasses: known(simulated.all(resources.volumeReplicationClasses)),
      storageClasses: known(simulated.all(resources.storageClasses)),
      pods: seen(resources.pods),
      attachments: seen(resources.volumeAttachments),
    });

  const show = (): MoveSite => {
    if (dark !== undefined) return { site: siteName, view: unknown(dark), workloads: unknown(dark) };
    view ??= viewNow();
    const objects = workloadKinds.flatMap((resource) =>
      (lists.get(resource.plural) ?? []).map((object) => ({ resource, object })),
    );
    const claims = new Set<string>(claimNames);
    const workloads = readWorkloads(objects, () => claims, { autoscalers: () => known([]) });
    return { site: siteName, view: known(view), workloads: known(workloads) };
  };

  const result: SeenSite = {
    lags: false,
    live: {
      site: { ...siteName, cluster },
      whyDark: () => dark,
      show,
      observe: (resource: Resource) => {
        if (!result.lags && reaches()) look(resource);
      },
      hasSeen: () => true,
      volumes: {
        claims: {
          get: ({ name: claim }: { name: string }) =>
            (lists.get(resources.persistentVolumeClaims.plural) as readonly PersistentVolumeClaim[])?.find(
              ({ metadata }) => metadata.name === claim,
            ),
        },
      },
    } as unknown as LiveSite,
    lookAnew: (choice = -1) => {
      dark = reaches() ? undefined : 'connection refused';
      if (dark !== undefined) return;
      for (const [index, resource] of followedKinds.entries())
        if (choice < 0 || (choice & (1 << index)) !== 0 || !lists.has(resource.plural)) look(resource);
    },
  };
  return result;
};
