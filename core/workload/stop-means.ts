import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { parkedMark, parkedMarkKey } from './parked-mark.ts';
import type { StopMeans } from './workload.ts';

type WorkloadSpec = {
  readonly replicas?: unknown;
  readonly suspend?: unknown;
  readonly template?: { readonly spec?: { readonly nodeSelector?: Readonly<Record<string, string>> } };
};

const meansByKind: ReadonlyMap<string | undefined, StopMeans> = new Map([
  ['Deployment', 'replicas'],
  ['StatefulSet', 'replicas'],
  ['ReplicaSet', 'replicas'],
  ['Job', 'suspend'],
  ['CronJob', 'suspend'],
  ['DaemonSet', 'nodeSelector'],
]);

/** How a workload of a built-in kind is stopped; undefined for any other kind. */
export const meansOf = (kind: string | undefined): StopMeans | undefined => meansByKind.get(kind);

const specOf = (object: KubernetesObject): WorkloadSpec | undefined =>
  object['spec'] as WorkloadSpec | undefined;

/** Whether its pods want a node that there is none of, because we said so. */
export const isOnNoNode = (object: KubernetesObject): boolean =>
  specOf(object)?.template?.spec?.nodeSelector?.[parkedMarkKey] === parkedMark[parkedMarkKey];

/** The size that a spec asks for. Kubernetes runs one pod where a workload does not say how many. */
export const sizeOf = (means: StopMeans, object: KubernetesObject): number => {
  const spec = specOf(object);
  switch (means) {
    case 'replicas':
      return typeof spec?.replicas === 'number' ? spec.replicas : 1;
    case 'suspend':
      return spec?.suspend === true ? 0 : 1;
    case 'nodeSelector':
      return isOnNoNode(object) ? 0 : 1;
  }
};
