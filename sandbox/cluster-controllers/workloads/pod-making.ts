import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import { resources } from '../../../core/model/resource.ts';
import type { Effect } from '../runtime/decision.ts';
import { canonicalJson } from './template-hash.ts';
import { controllerReference, type Pod, type PodTemplate } from './workload-objects.ts';

/** What a workload wants of a new pod. */
export type PodOrder = {
  resource: Resource;
  owner: KubernetesObject;
  template: PodTemplate | undefined;
  /** Added to the labels of the template. */
  labels?: Record<string, string>;
  /** Whole, where the name says which pod it is. */
  name?: string;
  /** Changes what the template says. */
  adapt?: (pod: Pod) => Pod;
  /** Begins the Event of a pod that the server refuses; `Error creating` where it is left out. */
  failure?: string;
  /** What else is done about one that the server refuses. */
  refused?: (why: string) => readonly Effect[];
};

/** The effect that makes a pod from a template, owned by its workload. */
export const makePod = (order: PodOrder): Effect => {
  const { resource, owner, template, labels, name, adapt, failure = 'Error creating', refused } = order;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(name === undefined ? { generateName: `${owner.metadata.name ?? ''}-` } : { name }),
      namespace: owner.metadata.namespace ?? '',
      labels: { ...template?.metadata?.labels, ...labels },
      ...(template?.metadata?.annotations !== undefined && { annotations: template.metadata.annotations }),
      ownerReferences: [controllerReference(resource, owner)],
    },
    ...(template?.spec !== undefined && { spec: template.spec }),
  };
  return {
    act: 'create',
    resource: resources.pods,
    object: adapt?.(pod) ?? pod,
    refused: (why) => [
      {
        act: 'event',
        resource,
        object: owner,
        type: 'Warning',
        reason: 'FailedCreate',
        message: `${failure}: ${why}`,
      },
      ...(refused?.(why) ?? []),
    ],
  };
};

/** The effect that gives a pod up. */
export const removePod = (pod: Pod): Effect => ({ act: 'delete', resource: resources.pods, object: pod });

/**
 * The effect that writes a status, if it differs from the one that is there in a field that is written. Annotations of a
 * controller go the same way, as in Kubernetes: through the main path they would count as a new generation.
 */
export const setStatus = (
  resource: Resource,
  object: KubernetesObject,
  status: Record<string, unknown>,
  annotations: Record<string, string> = {},
): Effect[] => {
  const old = (object['status'] ?? {}) as Record<string, unknown>;
  const isSame =
    Object.entries(status).every(
      ([field, value]) => canonicalJson(old[field] ?? emptyOf(value)) === canonicalJson(value),
    ) && Object.entries(annotations).every(([name, value]) => object.metadata.annotations?.[name] === value);
  const metadata = Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } };
  return isSame
    ? []
    : [{ act: 'patch', resource, object, body: { ...metadata, status }, subresource: 'status' }];
};

/** Counts without those that are zero, which Kubernetes leaves out of most statuses; null removes what was there. */
export const withoutZeros = <T extends Record<string, unknown>>(counts: T): Record<string, unknown> =>
  Object.fromEntries(Object.entries(counts).map(([field, value]) => [field, value === 0 ? null : value]));

/** Servers leave zero and false out of what they answer. */
const emptyOf = (value: unknown): unknown =>
  typeof value === 'number' ? 0 : typeof value === 'boolean' ? false : (null as unknown);
