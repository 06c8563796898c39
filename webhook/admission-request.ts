import type { KubernetesObject } from '../core/model/kubernetes-object.ts';

/** Who made a request, as the API server tells it. */
export type Requester = {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
};

/** `admission.k8s.io/v1` AdmissionRequest, checked. */
export type AdmissionRequest = {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  readonly subResource: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly name: string;
  readonly namespace: string;
  readonly user: Requester;
  readonly dryRun: boolean;
  /** Undefined on DELETE. */
  readonly object: KubernetesObject | undefined;
  /** Undefined on CREATE. */
  readonly oldObject: KubernetesObject | undefined;
};
