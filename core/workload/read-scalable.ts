import { controllerOf } from '../model/controller-of.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Resource } from '../model/resource.ts';
import { type ManagerContext, managersOf } from './managers.ts';
import { readyPodsOfScalable } from './ready-pods.ts';
import { type ReplicaPaths, valueAt } from './replica-paths.ts';
import { sizeBeforeOf } from './size-before.ts';
import type { Workload } from './workload.ts';

/** How one object of a custom kind is scaled, and who uses it. */
export type ScalableUse = {
  readonly claims: readonly string[];
  readonly paths: ReplicaPaths;
};

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Where the spec does not say, its controller runs what it takes for usual: as many as there are, and one where nobody knows. */
const sizeOf = (object: KubernetesObject, { spec, status }: ReplicaPaths): number | undefined => {
  const asked = valueAt(object, spec);
  if (asked !== undefined && asked !== null) return isCount(asked) ? asked : undefined;
  const running = status && valueAt(object, status);
  return isCount(running) && running > 0 ? running : 1;
};

/** Of kinds that count otherwise than built-in ones, what their status counts. */
const readyOf = (object: KubernetesObject, { status }: ReplicaPaths): number | undefined => {
  const ready = readyPodsOfScalable(object);
  const running = status && valueAt(object, status);
  return ready === 0 && valueAt(object, ['status', 'readyReplicas']) === undefined && isCount(running)
    ? running
    : ready;
};

/**
 * An object of a custom kind that has a `scale` subresource, as a workload. Undefined where it has no whole number where its kind keeps the
 * count: then nobody here knows how it is stopped.
 */
export const readScalable = (
  resource: Resource,
  object: KubernetesObject,
  { claims, paths }: ScalableUse,
  context: ManagerContext,
): Workload | undefined => {
  const size = sizeOf(object, paths);
  if (size === undefined) return undefined;
  const { namespace = '', name = '', uid = '' } = object.metadata;
  return {
    resource,
    namespace,
    name,
    uid,
    claims,
    means: 'replicas',
    replicasAt: paths.spec,
    size,
    sizeBefore: sizeBeforeOf('replicas', object),
    ready: readyOf(object, paths),
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
