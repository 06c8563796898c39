import { replicasAnnotation } from '../backup/restore-annotations.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';

type Json = Readonly<Record<string, unknown>>;

/** A label that no node carries: a DaemonSet that asks for it has no pods. */
const parkedNodes = { 'kubectl-dr.dev/parked': 'true' } as const;

const jsonOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});

const annotated = (object: KubernetesObject, replicas: number): KubernetesObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [replicasAnnotation]: String(replicas) },
  },
});

/** Kubernetes runs one pod where a workload does not say how many. */
const replicasOf = (spec: Json): number => (typeof spec['replicas'] === 'number' ? spec['replicas'] : 1);

const atZero = (workload: KubernetesObject, spec: Json): KubernetesObject => {
  const replicas = replicasOf(spec);
  const parked = { ...workload, spec: { ...spec, replicas: 0 } };
  return replicas === 0 ? parked : annotated(parked, replicas);
};

const onNoNode = (workload: KubernetesObject, spec: Json): KubernetesObject => {
  const template = jsonOf(spec['template']);
  const pod = jsonOf(template['spec']);
  const nodeSelector = { ...jsonOf(pod['nodeSelector']), ...parkedNodes };
  return { ...workload, spec: { ...spec, template: { ...template, spec: { ...pod, nodeSelector } } } };
};

/**
 * A workload that starts nothing until somebody lets it: its volumes cannot be written before they are promoted. What was at zero
 * already keeps the replica count that an earlier scaling remembered.
 */
export const parkWorkload = (workload: KubernetesObject): KubernetesObject => {
  const spec = jsonOf(workload['spec']);
  switch (workload.kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'ReplicaSet':
      return atZero(workload, spec);
    case 'CronJob':
    case 'Job':
      return { ...workload, spec: { ...spec, suspend: true } };
    case 'DaemonSet':
      return onNoNode(workload, spec);
    default:
      return workload;
  }
};
