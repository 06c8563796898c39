import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Resource } from '../model/resource.ts';
import type { RestoreConflict } from './conflict.ts';
import type { WantedVolume } from './wanted.ts';

/** What is done about one object of the target. */
export type Step = {
  readonly resource: Resource;
  /** As it is to be; for `keep`, as it is there. */
  readonly object: KubernetesObject;
  /** One clause: why this, or what of it; empty where that goes without saying. */
  readonly why: string;
} & (
  | { readonly action: 'create' }
  | { readonly action: 'keep' }
  /** `patch` is a merge patch that holds the resourceVersion it was made for. */
  | { readonly action: 'update'; readonly patch: unknown }
);

/** The two steps of one volume: the PV always first, so that no provisioner gets to see an open claim. */
export type VolumePlan = { readonly wanted: WantedVolume; readonly volume: Step; readonly claim: Step };

/** Everything that a restore is going to do, in order; nothing of it where there are conflicts. */
export type RestorePlan = {
  readonly conflicts: readonly RestoreConflict[];
  /** One sentence each. */
  readonly warnings: readonly string[];
  /** Namespaces and classes, one after the other: nothing goes on without them. */
  readonly shared: readonly Step[];
  readonly configuration: readonly Step[];
  /** In any order, also side by side. */
  readonly volumes: readonly VolumePlan[];
  /** Once every claim is bound. */
  readonly workloads: readonly Step[];
};

/** All steps in the order in which they are taken. */
export const stepsOf = ({ shared, configuration, volumes, workloads }: RestorePlan): readonly Step[] => [
  ...shared,
  ...configuration,
  ...volumes.flatMap(({ volume, claim }) => [volume, claim]),
  ...workloads,
];
