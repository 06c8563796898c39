import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { isTrue } from './status-conditions.ts';
import type { StopMeans } from './workload.ts';

type WorkloadStatus = {
  readonly observedGeneration?: unknown;
  readonly readyReplicas?: number;
  readonly numberReady?: number;
  readonly desiredNumberScheduled?: number;
};

const statusOf = ({ status }: KubernetesObject): WorkloadStatus =>
  (status as WorkloadStatus | undefined) ?? {};

/** Whether a status tells of the spec as it is now. Argo Rollouts write the generation as text. */
const isCurrent = ({ metadata }: KubernetesObject, observed: unknown): boolean =>
  Number(observed) >= (metadata.generation ?? 0);

/** What runs by itself once it may: the controller of Jobs tells by a condition that it knows of a suspension. */
const readyAsAWhole = (object: KubernetesObject, size: number): number =>
  size === 0 || isTrue(object, 'Suspended') ? 0 : 1;

/** Ready pods of a workload of a built-in kind; undefined where its status is older than its spec. */
export const readyPodsOf = (means: StopMeans, object: KubernetesObject, size: number): number | undefined => {
  if (means === 'suspend') return readyAsAWhole(object, size);
  const { observedGeneration, readyReplicas, numberReady } = statusOf(object);
  if (!isCurrent(object, observedGeneration)) return undefined;
  return (means === 'replicas' ? readyReplicas : numberReady) ?? 0;
};

/**
 * Ready pods of a workload of a custom kind, by the names that built-in kinds use. Not every one tells a generation; while it was
 * stopped its status counted no pods, so that an old status is not taken for readiness.
 */
export const readyPodsOfScalable = (object: KubernetesObject): number | undefined => {
  const { observedGeneration, readyReplicas } = statusOf(object);
  if (observedGeneration !== undefined && !isCurrent(object, observedGeneration)) return undefined;
  return readyReplicas ?? 0;
};

/** Pods that a DaemonSet is to have: one for each node that takes them, and none where no node does. */
export const podsDesiredOf = (object: KubernetesObject): number =>
  statusOf(object).desiredNumberScheduled ?? 0;
