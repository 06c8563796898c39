import type { RawObject } from '../../core/backup/choose-objects.ts';
import { isBuiltInOwner } from '../../core/backup/workloads/pod-owners.ts';
import { workloadResources } from '../../core/backup/workloads/workload-resources.ts';
import { controllerOf } from '../../core/model/controller-of.ts';
import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { claimsOfPod, type Pod } from '../../core/model/pod.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { resources } from '../../core/model/resource.ts';
import type { SiteName } from '../../core/status/snapshot.ts';
import type { Mounting } from '../../core/status/split-applications.ts';
import { isRunning } from '../../core/workload/is-running.ts';
import { readWorkloads } from '../../core/workload/read-workload.ts';
import { isNotServed } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';

/** What mounts claims on one site; unknown where that could not be read. */
export type GatheredMounting = {
  readonly site: SiteName;
  readonly workloads: Reading<readonly Mounting[]>;
};

const isEnded = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Pods of kinds that make no workload of their own: those of an operator, and bare ones. */
const ofPods = (pods: readonly Pod[]): Mounting[] =>
  pods.flatMap((pod) => {
    const owner = controllerOf(pod);
    const claims = claimsOfPod(pod);
    if (claims.length === 0 || isEnded(pod) || (owner !== undefined && isBuiltInOwner(owner))) return [];
    const { namespace = '', name = '' } = pod.metadata;
    return [{ kind: owner?.kind ?? 'Pod', namespace, name: owner?.name ?? name, claims, isRunning: true }];
  });

const unread = { autoscalers: (): Reading<never> => unknown('they were not read') };

const gatherOne = async ({ cluster }: Site, namespace: string, signal: AbortSignal): Promise<Mounting[]> => {
  const list = async <T extends KubernetesObject>(resource: Parameters<typeof cluster.listAll>[0]) => {
    try {
      return (await cluster.listAll<T>(resource, { namespace, signal })).items;
    } catch (error) {
      if (isNotServed(error)) return [];
      throw error;
    }
  };
  const [claims, pods, ...objects] = await Promise.all([
    list<PersistentVolumeClaim>(resources.persistentVolumeClaims),
    list<Pod>(resources.pods),
    ...workloadResources.map(
      async (resource): Promise<RawObject[]> =>
        (await list<KubernetesObject>(resource)).map((object) => ({ resource, object })),
    ),
  ]);
  const names = new Set(claims.map(({ metadata }) => metadata.name ?? ''));
  const workloads = readWorkloads(objects.flat(), () => names, unread);
  return [
    ...workloads.map((it) => ({
      kind: it.resource.kind,
      namespace: it.namespace,
      name: it.name,
      claims: it.claims,
      isRunning: isRunning(it),
    })),
    ...ofPods(pods),
  ];
};

/** Reads of some namespaces what mounts claims there. Costs requests only where volumes of one namespace are primary on both sites. */
export const gatherMounting = async (
  sites: readonly Site[],
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<readonly GatheredMounting[]> =>
  Promise.all(
    sites.map(async (site): Promise<GatheredMounting> => {
      try {
        const found = await Promise.all(namespaces.map((namespace) => gatherOne(site, namespace, signal)));
        return { site, workloads: known(found.flat()) };
      } catch (error) {
        signal.throwIfAborted();
        return { site, workloads: unknown(`workloads of ${site.name} cannot be read: ${messageOf(error)}`) };
      }
    }),
  );
