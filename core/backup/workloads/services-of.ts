import type { KubernetesObject } from '../../model/kubernetes-object.ts';
import { resources } from '../../model/resource.ts';
import type { RawObject } from '../choose-objects.ts';
import { type NamespaceObjects, objectsOf } from './namespace-objects.ts';
import { podTemplateOf } from './pod-template.ts';

const selectorOf = (service: KubernetesObject): [string, string][] =>
  Object.entries((service['spec'] as { selector?: Record<string, string> } | undefined)?.selector ?? {});

/** Whether a Service sends to the pods of a workload; one without a selector sends nowhere by itself. */
const sendsTo = (service: KubernetesObject, workload: KubernetesObject): boolean => {
  const labels = podTemplateOf(workload).metadata?.labels ?? {};
  const selector = selectorOf(service);
  return selector.length > 0 && selector.every(([label, value]) => labels[label] === value);
};

/** The Service that names the pods of a StatefulSet. */
const governingServiceOf = (workload: KubernetesObject): string | undefined =>
  (workload['spec'] as { serviceName?: string } | undefined)?.serviceName || undefined;

/** The Services of workloads: those that send to their pods, and those that name them. */
export const servicesOf = (here: NamespaceObjects, workloads: readonly RawObject[]): RawObject[] =>
  objectsOf(here, resources.services)
    .filter((service) =>
      workloads.some(
        ({ object }) => governingServiceOf(object) === service.metadata.name || sendsTo(service, object),
      ),
    )
    .map((object) => ({ resource: resources.services, object }));
