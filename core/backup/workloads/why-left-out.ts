import { controllerOf } from '../../model/controller-of.ts';
import type { KubernetesObject } from '../../model/kubernetes-object.ts';
import { resources } from '../../model/resource.ts';
import type { RawObject } from '../choose-objects.ts';
import { type NamespaceObjects, shownObject } from './namespace-objects.ts';
import { isBuiltInOwner, topOwnerOf } from './pod-owners.ts';

type Conditions = { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };

const hasEnded = ({ status }: KubernetesObject): boolean =>
  ((status as Conditions | undefined)?.conditions ?? []).some(
    (condition) => ['Complete', 'Failed'].includes(condition.type ?? '') && condition.status === 'True',
  );

/**
 * Why a workload that mounts a claim is left out, as one line: empty where another workload brings it along, undefined where it is
 * not left out.
 */
export const whyLeftOut = (workload: RawObject, here: NamespaceObjects): string | undefined => {
  const { resource, object } = workload;
  const owner = controllerOf(object);
  if (owner !== undefined && isBuiltInOwner(owner)) return '';
  const top = topOwnerOf(object, here);
  if (top !== undefined)
    return `${shownObject(workload)} is owned by ${top.kind} ${top.name} and not in the backup; back that up with its operator`;
  return resource === resources.jobs && hasEnded(object)
    ? `${shownObject(workload)} has ended and is not in the backup: it would run once more`
    : undefined;
};
