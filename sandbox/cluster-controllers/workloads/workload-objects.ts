import type { Condition, KubernetesObject, OwnerReference } from '../../../core/model/kubernetes-object.ts';
import { apiVersionOf, type Resource } from '../../../core/model/resource.ts';
import type { LabelSelector } from './label-selector.ts';

export type PodVolume = {
  name: string;
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean };
  ephemeral?: { volumeClaimTemplate?: unknown };
  secret?: { secretName?: string; optional?: boolean };
  configMap?: { name?: string; optional?: boolean };
};

export type Container = { name: string; image?: string; ports?: unknown; [field: string]: unknown };

export type PodSpec = {
  nodeName?: string;
  schedulerName?: string;
  schedulingGates?: { name: string }[];
  nodeSelector?: Record<string, string>;
  restartPolicy?: string;
  containers?: Container[];
  initContainers?: Container[];
  volumes?: PodVolume[];
  [field: string]: unknown;
};

export type PodCondition = {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string | null;
  [field: string]: unknown;
};

export type Pod = KubernetesObject & {
  spec?: PodSpec;
  status?: {
    phase?: string;
    conditions?: PodCondition[];
    containerStatuses?: { name: string; state?: Record<string, unknown>; ready?: boolean }[];
    startTime?: string;
    podIP?: string;
    [field: string]: unknown;
  };
};

export type PodTemplate = {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: PodSpec;
};

export type ReplicaSet = KubernetesObject & {
  spec?: { replicas?: number; selector?: LabelSelector; template?: PodTemplate; minReadySeconds?: number };
  status?: {
    replicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    fullyLabeledReplicas?: number;
    observedGeneration?: number;
    conditions?: WorkloadCondition[];
  };
};

export type Deployment = KubernetesObject & {
  spec?: {
    replicas?: number;
    selector?: LabelSelector;
    template?: PodTemplate;
    paused?: boolean;
    revisionHistoryLimit?: number;
    strategy?: {
      type?: string;
      rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string };
    };
  };
  status?: { observedGeneration?: number; conditions?: WorkloadCondition[]; [field: string]: unknown };
};

/** Conditions of workloads carry no observedGeneration. */
export type WorkloadCondition = Omit<Condition, 'observedGeneration'> & {
  lastUpdateTime?: string;
  lastProbeTime?: string;
};

export type StatefulSet = KubernetesObject & {
  spec?: {
    replicas?: number;
    selector?: LabelSelector;
    template?: PodTemplate;
    serviceName?: string;
    podManagementPolicy?: string;
    ordinals?: { start?: number };
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
    volumeClaimTemplates?: KubernetesObject[];
    persistentVolumeClaimRetentionPolicy?: { whenScaled?: string; whenDeleted?: string };
  };
  status?: Record<string, unknown>;
};

export type DaemonSet = KubernetesObject & {
  spec?: { selector?: LabelSelector; template?: PodTemplate; updateStrategy?: { type?: string } };
  status?: Record<string, unknown>;
};

export type Job = KubernetesObject & {
  spec?: {
    parallelism?: number;
    completions?: number;
    suspend?: boolean;
    template?: PodTemplate;
  };
  status?: {
    conditions?: WorkloadCondition[];
    startTime?: string;
    succeeded?: number;
    [field: string]: unknown;
  };
};

/** `namespace/name` of every claim that a pod mounts; an ephemeral volume's claim is named after pod and volume. */
export const claimKeysOfPod = (pod: Pod): string[] =>
  (pod.spec?.volumes ?? []).flatMap((volume) => {
    const name =
      volume.persistentVolumeClaim?.claimName ??
      (volume.ephemeral === undefined ? undefined : `${pod.metadata.name ?? ''}-${volume.name}`);
    return name === undefined ? [] : [`${pod.metadata.namespace ?? ''}/${name}`];
  });

/** The owner that manages an object. */
export const controllerOf = (object: KubernetesObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller === true);

/** The reference by which a workload owns what it makes. */
export const controllerReference = (resource: Resource, owner: KubernetesObject): OwnerReference => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  name: owner.metadata.name ?? '',
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

export const isFinished = (pod: Pod): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Neither finished nor on its way out. */
export const isActive = (pod: Pod): boolean =>
  !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;

export const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

/** The age order in which a workload gives pods up: those not ready first, then the youngest. */
export const compareForRemoval = (left: Pod, right: Pod): number =>
  Number(isReady(left)) - Number(isReady(right)) ||
  (right.metadata.creationTimestamp ?? '').localeCompare(left.metadata.creationTimestamp ?? '') ||
  (right.metadata.name ?? '').localeCompare(left.metadata.name ?? '');
