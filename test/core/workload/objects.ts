// Objects as an API server has them: each test changes what it is about.
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { known } from '../../../core/model/reading.ts';
import { type Resource, resources } from '../../../core/model/resource.ts';
import type { ManagerContext } from '../../../core/workload/managers.ts';
import { readWorkload } from '../../../core/workload/read-workload.ts';
import type { Workload } from '../../../core/workload/workload.ts';

export const noAutoscalers: ManagerContext = { autoscalers: () => known([]) };

/** A pod template that mounts these claims. */
export const mounting = (...claimNames: string[]) => ({
  spec: {
    volumes: claimNames.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
  },
});

/** An object in `shop`. */
export const inShop = (
  name: string,
  spec: object,
  more: { metadata?: object; status?: object } = {},
): KubernetesObject => ({
  metadata: { namespace: 'shop', name, uid: `uid-${name}`, generation: 1, ...more.metadata },
  spec: { ...spec },
  status: more.status ?? {},
});

/** The reference of an object's controller. */
export const ownedBy = (apiVersion: string, kind: string, name: string) => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }],
});

/** A workload of `shop` that mounts `db`. */
export const workloadOf = (
  resource: Resource,
  spec: object = {},
  more: { metadata?: object; status?: object } = {},
): Workload => {
  const read = readWorkload({ resource, object: inShop('web', spec, more) }, ['db'], noAutoscalers);
  if (read === undefined) throw new Error(`${resource.kind} is no workload`);
  return read;
};

/** Argo Rollouts: a kind of its own with a `scale` subresource. */
export const rollouts: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  kind: 'Rollout',
  namespaced: true,
};

export const { deployments, statefulSets, replicaSets, daemonSets, jobs, cronJobs } = resources;
