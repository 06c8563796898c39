import { replicasAnnotation } from '../backup/restore-annotations.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * On a CronJob or Job that was suspended here: one that was suspended before does not have it, and stays so. As a label of nodes, which
 * none carries, it keeps a DaemonSet from having pods.
 */
const parkedMark = { 'kubectl-dr.dev/parked': 'true' } as const;

const jsonOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});

const annotated = (
  object: KubernetesObject,
  annotations: Readonly<Record<string, string>>,
): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
});

/** Kubernetes runs one pod where a workload does not say how many. */
const replicasOf = (spec: Json): number => (typeof spec['replicas'] === 'number' ? spec['replicas'] : 1);

const atZero = (workload: KubernetesObject, spec: Json): KubernetesObject => {
  const replicas = replicasOf(spec);
  const parked = { ...workload, spec: { ...spec, replicas: 0 } };
  return replicas === 0 ? parked : annotated(parked, { [replicasAnnotation]: String(replicas) });
};

const suspended = (workload: KubernetesObject, spec: Json): KubernetesObject =>
  spec['suspend'] === true
    ? workload
    : annotated({ ...workload, spec: { ...spec, suspend: true } }, parkedMark);

const onNoNode = (workload: KubernetesObject, spec: Json): KubernetesObject => {
  const template = jsonOf(spec['template']);
  const pod = jsonOf(template['spec']);
  const nodeSelector = { ...jsonOf(pod['nodeSelector']), ...parkedMark };
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
      return suspended(workload, spec);
    case 'DaemonSet':
      return onNoNode(workload, spec);
    default:
      return workload;
  }
};
