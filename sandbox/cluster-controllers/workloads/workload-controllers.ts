import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { type Resource, resources } from '../../../core/model/resource.ts';
import type { ClusterController, LookContext } from '../runtime/cluster-controller.ts';
import { type Decision, settled } from '../runtime/decision.ts';
import { keyOf, parseKey, type SiteCache } from '../runtime/site-cache.ts';
import { rfc3339 } from '../runtime/time.ts';
import { decideDaemonSet } from './daemon-set-decision.ts';
import { decideDeployment } from './deployment-decision.ts';
import { decideJob } from './job-decision.ts';
import type { SiteNode } from './pod-controllers.ts';
import { decideReplicaSet } from './replica-set-decision.ts';
import { decideStatefulSet } from './stateful-set-decision.ts';
import {
  controllerOf,
  type DaemonSet,
  type Deployment,
  type Job,
  type Pod,
  type ReplicaSet,
  type StatefulSet,
} from './workload-objects.ts';

/** The key of the workload of a kind that an object belongs to. */
const ownerKeyOf =
  ({ kind }: Resource) =>
  (object: KubernetesObject): string[] => {
    const owner = controllerOf(object);
    return owner?.kind === kind ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
  };

const ownedBy = <T extends KubernetesObject>(
  owner: KubernetesObject,
  resource: Resource,
  cache: SiteCache,
): readonly T[] => cache.by<T>(resource, 'owner', owner.metadata.uid ?? '');

const readOwned = async <T extends KubernetesObject>(
  owner: KubernetesObject,
  resource: Resource,
  { cluster, signal }: LookContext,
): Promise<readonly T[]> => {
  const { items } = await cluster.listAll<T>(resource, { namespace: owner.metadata.namespace ?? '', signal });
  return items.filter((item) => controllerOf(item)?.uid === owner.metadata.uid);
};

/**
 * What the cache does not show yet must not be made twice: a decision that makes something is taken again over what the
 * server itself shows. Only one look at a key goes on at a time, so that view is complete.
 */
const confirmed = async <T extends KubernetesObject>(
  owner: KubernetesObject,
  owned: Resource,
  context: LookContext,
  decide: (objects: readonly T[]) => Decision,
): Promise<Decision> => {
  const decision = decide(ownedBy<T>(owner, owned, context.cache));
  const makes = decision.effects.some(({ act }) => act === 'create');
  return makes ? decide(await readOwned<T>(owner, owned, context)) : decision;
};

/** A controller that turns one kind of workload into objects of another kind. */
const workload = <Owner extends KubernetesObject, Owned extends KubernetesObject>(options: {
  name: string;
  resource: Resource;
  owned: Resource;
  decide: (owner: Owner, owned: readonly Owned[], context: LookContext) => Decision;
}): ClusterController => ({
  name: options.name,
  concurrency: 8,
  watches: [
    { resource: options.resource, keysOf: (object) => [keyOf(object)] },
    { resource: options.owned, keysOf: ownerKeyOf(options.resource) },
  ],
  look: (key, context) => {
    const owner = context.cache.get<Owner>(options.resource, parseKey(key));
    if (owner === undefined) return settled;
    return confirmed<Owned>(owner, options.owned, context, (owned) => options.decide(owner, owned, context));
  },
});

/** Pods of a deployment's replica sets that are there, leaving or not. */
const countOldPods = (deployment: Deployment, sets: readonly ReplicaSet[], cache: SiteCache): number =>
  sets
    .filter((set) => (set.spec?.replicas ?? 1) === 0)
    .flatMap((set) => ownedBy<Pod>(set, resources.pods, cache))
    .filter((pod) => pod.metadata.namespace === deployment.metadata.namespace).length;

const deployments = workload<Deployment, ReplicaSet>({
  name: 'deployment controller',
  resource: resources.deployments,
  owned: resources.replicaSets,
  decide: (deployment, replicaSets, { cache, now }) =>
    decideDeployment({
      deployment,
      replicaSets,
      oldPods: countOldPods(deployment, replicaSets, cache),
      now: rfc3339(now()),
    }),
});

const replicaSets = workload<ReplicaSet, Pod>({
  name: 'replica set controller',
  resource: resources.replicaSets,
  owned: resources.pods,
  decide: (set, pods, { now }) => decideReplicaSet(set, pods, rfc3339(now())),
});

const statefulSets = workload<StatefulSet, Pod>({
  name: 'stateful set controller',
  resource: resources.statefulSets,
  owned: resources.pods,
  decide: (set, pods, { cache }) =>
    decideStatefulSet({
      set,
      pods,
      claimOf: (name) =>
        cache.get(resources.persistentVolumeClaims, { name, namespace: set.metadata.namespace ?? '' }),
    }),
});

const daemonSetsOn = ({ labels }: SiteNode): ClusterController =>
  workload<DaemonSet, Pod>({
    name: 'daemon set controller',
    resource: resources.daemonSets,
    owned: resources.pods,
    decide: (set, pods) => decideDaemonSet(set, pods, labels),
  });

const jobs = workload<Job, Pod>({
  name: 'job controller',
  resource: resources.jobs,
  owned: resources.pods,
  decide: (job, pods, { now }) => decideJob(job, pods, rfc3339(now())),
});

/** Workloads to pods. Cron jobs are not run by the clock. */
export const workloadControllers = (node: SiteNode): readonly ClusterController[] => [
  deployments,
  replicaSets,
  statefulSets,
  daemonSetsOn(node),
  jobs,
];
