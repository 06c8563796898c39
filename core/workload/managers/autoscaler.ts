import { controllerOf } from '../../model/controller-of.ts';
import type { KubernetesObject, OwnerReference } from '../../model/kubernetes-object.ts';
import type { Reading } from '../../model/reading.ts';
import { meansOf } from '../stop-means.ts';
import type { Manager } from '../workload.ts';
import type { Managed } from './managed.ts';

/** `autoscaling/v2` HorizontalPodAutoscaler, as far as it tells what it scales. */
type Autoscaler = KubernetesObject & {
  spec?: {
    scaleTargetRef?: { apiVersion?: string; kind?: string; name?: string };
    minReplicas?: number;
  };
};

const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

const scales = (autoscaler: Autoscaler, { resource, object }: Managed): boolean => {
  const target = autoscaler.spec?.scaleTargetRef;
  return (
    autoscaler.metadata.namespace === object.metadata.namespace &&
    target?.kind === resource.kind &&
    target.name === object.metadata.name &&
    (target.apiVersion === undefined || groupOf(target.apiVersion) === resource.group)
  );
};

const isScaledObject = (owner: OwnerReference | undefined): owner is OwnerReference =>
  owner?.kind === 'ScaledObject' && groupOf(owner.apiVersion) === 'keda.sh';

/** ScaledObjects of KEDA, and the merge patch that lets one go on. */
export const keda = {
  resource: {
    group: 'keda.sh',
    version: 'v1alpha1',
    plural: 'scaledobjects',
    kind: 'ScaledObject',
    namespaced: true,
  },
  undo: { metadata: { annotations: { 'autoscaling.keda.sh/paused': null } } },
} as const;

/**
 * KEDA makes an autoscaler and scales between 0 and 1 itself. The annotation pauses both
 * (https://keda.sh/docs/latest/reference/scaledobject-spec/); the autoscaler is then deleted, so that one that is there is not paused.
 */
const scaledObject = ({ name }: OwnerReference, namespace: string): Manager => ({
  name: `ScaledObject ${namespace}/${name}`,
  kind: 'autoscaler',
  warning: 'scales it up from 0 as soon as one of its triggers asks for it: pause it first',
  pause: {
    resource: keda.resource,
    namespace,
    name,
    patch: { metadata: { annotations: { 'autoscaling.keda.sh/paused': 'true' } } },
    undo: keda.undo,
  },
});

/**
 * Kubernetes leaves a target at 0 alone (implicit maintenance mode), unless the autoscaler may scale to 0 itself: releases differ in
 * whether they know a 0 of a person's from one of their own.
 */
const plainAutoscaler = ({ metadata, spec }: Autoscaler, namespace: string): Manager => ({
  name: `HorizontalPodAutoscaler ${namespace}/${metadata.name}`,
  kind: 'autoscaler',
  warning:
    spec?.minReplicas === 0
      ? 'may scale it up from 0, because its minReplicas is 0: set that to 1 first'
      : undefined,
  pause: undefined,
});

const managerOf = (autoscaler: Autoscaler): Manager => {
  const { namespace = '' } = autoscaler.metadata;
  const owner = controllerOf(autoscaler);
  return isScaledObject(owner) ? scaledObject(owner, namespace) : plainAutoscaler(autoscaler, namespace);
};

/** Of the built-in kinds, those that have a replica count. */
const hasReplicas = ({ resource: { kind } }: Managed): boolean =>
  (meansOf(kind) ?? 'replicas') === 'replicas';

/** What scales a workload by its load. */
export const autoscalersOf = (
  managed: Managed,
  autoscalers: Reading<readonly KubernetesObject[]>,
): Manager[] => {
  if (autoscalers.known)
    return autoscalers.value.filter((autoscaler) => scales(autoscaler, managed)).map(managerOf);
  if (!hasReplicas(managed)) return [];
  return [
    {
      name: `HorizontalPodAutoscalers of ${managed.object.metadata.namespace}`,
      kind: 'autoscaler',
      warning: `cannot be read, so nobody knows whether one would scale it up from 0: ${autoscalers.why}`,
      pause: undefined,
    },
  ];
};
