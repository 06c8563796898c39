import type { KubernetesObject, OwnerReference } from '../../model/kubernetes-object.ts';
import { resources } from '../../model/resource.ts';
import type { RawObject } from '../choose-objects.ts';
import { shownObject } from './namespace-objects.ts';
import { workloadResources } from './workload-resources.ts';

const ownerKinds: readonly string[] = workloadResources.map(({ kind }) => kind);

/** A built-in owner is looked at itself. */
const isBuiltIn = ({ apiVersion, kind }: OwnerReference): boolean =>
  /^(apps|batch)\//.test(apiVersion) && ownerKinds.includes(kind);

const controllerOf = ({ metadata }: KubernetesObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

type Conditions = { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };

const hasEnded = ({ status }: KubernetesObject): boolean =>
  ((status as Conditions | undefined)?.conditions ?? []).some(
    (condition) => ['Complete', 'Failed'].includes(condition.type ?? '') && condition.status === 'True',
  );

/**
 * Why a workload that mounts a claim is left out, as one line: empty where another workload brings it along, undefined where it is
 * not left out.
 */
export const whyLeftOut = (workload: RawObject): string | undefined => {
  const { resource, object } = workload;
  const owner = controllerOf(object);
  if (owner !== undefined && isBuiltIn(owner)) return '';
  if (owner !== undefined)
    return `${shownObject(workload)} is owned by ${owner.kind} ${owner.name} and not in the backup; back that up with its operator`;
  return resource === resources.jobs && hasEnded(object)
    ? `${shownObject(workload)} has ended and is not in the backup: it would run once more`
    : undefined;
};
