import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Caller } from '../authentication/caller.ts';
import type { Kind } from '../kind.ts';

/** One review: what somebody wants to do to an object. */
export type AdmissionAttributes = {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  kind: Kind;
  subresource: string | undefined;
  namespace: string | undefined;
  name: string;
  object: KubernetesObject | undefined;
  oldObject: KubernetesObject | undefined;
  caller: Caller;
  dryRun: boolean;
  /** `metav1.CreateOptions` and the like, as reviews carry them. */
  options: Readonly<Record<string, unknown>>;
  warn: (text: string) => void;
};

/** Asked twice about each write. Both throw a `Failure` to refuse. */
export type AdmissionControl = {
  /** Answers the object, changed or not. */
  mutate: (attributes: AdmissionAttributes) => Promise<KubernetesObject | undefined>;
  validate: (attributes: AdmissionAttributes) => Promise<void>;
};
