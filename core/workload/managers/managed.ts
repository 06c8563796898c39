import type { KubernetesObject } from '../../model/kubernetes-object.ts';
import type { Resource } from '../../model/resource.ts';

/** A workload whose managers are asked for. */
export type Managed = { readonly resource: Resource; readonly object: KubernetesObject };
