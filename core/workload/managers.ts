import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Reading } from '../model/reading.ts';
import { argoCdOf } from './managers/argo-cd.ts';
import { autoscalersOf } from './managers/autoscaler.ts';
import { fluxOf } from './managers/flux.ts';
import type { Managed } from './managers/managed.ts';
import { operatorOf } from './managers/operator.ts';
import type { Manager } from './workload.ts';

/** What of a cluster tells who manages a workload, apart from the workload itself. */
export type ManagerContext = {
  /** `autoscaling/v2` HorizontalPodAutoscalers; those of other namespaces may be among them. */
  readonly autoscalers: (namespace: string) => Reading<readonly KubernetesObject[]>;
};

/** Who starts a workload again, or sets its size. */
export const managersOf = (managed: Managed, { autoscalers }: ManagerContext): Manager[] => [
  ...autoscalersOf(managed, autoscalers(managed.object.metadata.namespace ?? '')),
  ...fluxOf(managed),
  ...argoCdOf(managed),
  ...operatorOf(managed),
];
