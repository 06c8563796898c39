import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Resource } from '../model/resource.ts';

/** How a workload is kept from having pods: by its replica count, by its suspension, or by nodes that there are none of. */
export type StopMeans = 'replicas' | 'suspend' | 'nodeSelector';

/** Something outside of a workload that starts it again, or sets its size: it has to be known before the workload is stopped. */
export type Manager = {
  /** `HorizontalPodAutoscaler shop/web`, `Argo CD Application argocd/shop`. */
  readonly name: string;
  readonly kind: 'autoscaler' | 'gitops' | 'operator';
  /** What it will do to a stopped workload and what a person does about it, as one clause; undefined: nothing, it rests by itself. */
  readonly warning: string | undefined;
  /** The one field by which it is paused; undefined where there is none that may be written. */
  readonly pause:
    | {
        readonly resource: Resource;
        readonly namespace: string;
        readonly name: string;
        /** Merge patches. */
        readonly patch: unknown;
        readonly undo: unknown;
      }
    | undefined;
};

/** Something that makes pods which mount claims, as far as stopping and starting it goes. */
export type Workload = {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Names of the claims of its namespace that its pods mount. */
  readonly claims: readonly string[];
  readonly means: StopMeans;
  /** Where its kind keeps the replica count; left out: at `spec.replicas`. */
  readonly replicasAt?: readonly string[];
  /** Its pods mount the claims, and its pod template does not name them: nothing but the pods tells. */
  readonly isToldByPods?: boolean;
  /** What its spec asks for now: replicas; 0 or 1 where it is started and stopped as a whole. */
  readonly size: number;
  /** Its size before it was stopped, as the annotation on it tells; undefined where it does not. */
  readonly sizeBefore: number | undefined;
  /** Pods that are ready, as its status tells, at the generation of its spec; undefined where the status is older. */
  readonly ready: number | undefined;
  /** It ends by itself and never runs again: a Job that has ended. */
  readonly hasEnded: boolean;
  /** Made by another workload of a built-in kind (a Job of a CronJob): it is stopped, and never started on another site. */
  readonly isMadeByAnother: boolean;
  readonly managers: readonly Manager[];
  readonly object: KubernetesObject;
};

/** Names a workload across sites. */
export type WorkloadKey = Pick<Workload, 'namespace' | 'name'> & { readonly kind: string };

/** `Deployment shop/web`. */
export const workloadText = ({ resource, namespace, name }: Workload): string =>
  `${resource.kind} ${namespace}/${name}`;
