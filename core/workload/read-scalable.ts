import { controllerOf } from '../backup/workloads/pod-owners.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Resource } from '../model/resource.ts';
import { type ManagerContext, managersOf } from './managers.ts';
import { readyPodsOfScalable } from './ready-pods.ts';
import { sizeBeforeOf } from './size-before.ts';
import type { Workload } from './workload.ts';

/**
 * An object of a custom kind that has a `scale` subresource, as a workload. Undefined where it has no whole number at `spec.replicas`:
 * its kind may keep the count elsewhere, and the API server itself then has no size to tell.
 */
export const readScalable = (
  resource: Resource,
  object: KubernetesObject,
  claims: readonly string[],
  context: ManagerContext,
): Workload | undefined => {
  const size = (object['spec'] as { replicas?: unknown } | undefined)?.replicas;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  const { namespace = '', name = '', uid = '' } = object.metadata;
  return {
    resource,
    namespace,
    name,
    uid,
    claims,
    means: 'replicas',
    size,
    sizeBefore: sizeBeforeOf('replicas', object),
    ready: readyPodsOfScalable(object),
    hasEnded: false,
    isMadeByAnother: false,
    managers: managersOf({ resource, object }, context),
    object,
  };
};

/** Both kinds of workloads, without the built-in ones that a scalable one makes: the ReplicaSets of a Rollout. */
export const withScalables = (builtIn: readonly Workload[], scalables: readonly Workload[]): Workload[] => {
  const makers = new Set(scalables.map(({ uid }) => uid));
  return [...builtIn.filter(({ object }) => !makers.has(controllerOf(object)?.uid ?? '')), ...scalables];
};
