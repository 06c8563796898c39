import { controllerOf } from '../../model/controller-of.ts';
import type { KubernetesObject, OwnerReference } from '../../model/kubernetes-object.ts';
import { claimsOfPod, type Pod } from '../../model/pod.ts';
import { resources } from '../../model/resource.ts';
import { ownerChain } from '../../workload/owner-chain.ts';
import { type NamespaceObjects, objectsOf } from './namespace-objects.ts';
import { workloadResources } from './workload-resources.ts';

const builtInKinds: readonly string[] = workloadResources.map(({ kind }) => kind);

/** Whether an owner is one of the kinds that make pods: it is looked at itself. */
export const isBuiltInOwner = ({ apiVersion, kind }: OwnerReference): boolean =>
  /^(apps|batch)\//.test(apiVersion) && builtInKinds.includes(kind);

/** Whoever is at the top of what makes an object: the one that a person has made, and knows. */
export const topOwnerOf = (
  object: KubernetesObject,
  { owners }: NamespaceObjects,
): OwnerReference | undefined =>
  owners === undefined
    ? controllerOf(object)
    : ownerChain(object, object.metadata.namespace ?? '', owners).at(-1)?.owner;

/** What somebody has to have read before the top owners are known: who is made by a kind that makes no pods itself. */
export const isMadeByOperator = (object: KubernetesObject): boolean => {
  const owner = controllerOf(object);
  return owner !== undefined && !isBuiltInOwner(owner);
};

const warningFor = (pod: Pod, here: NamespaceObjects): string | undefined => {
  const owner = controllerOf(pod);
  const { namespace, name } = pod.metadata;
  if (owner === undefined)
    return `Pod ${namespace}/${name} mounts a claim, has no owner, and is not in the backup`;
  if (isBuiltInOwner(owner)) return undefined;
  const top = topOwnerOf(pod, here) ?? owner;
  return `${top.kind} ${namespace}/${top.name} runs pods that mount a claim and is not in the backup; back it up with its operator`;
};

/** What runs pods that mount the claims and is no workload of a built-in kind, one line each. */
export const warnOfPodOwners = (here: NamespaceObjects): string[] => {
  const reading = here.byPlural[resources.pods.plural];
  if (reading?.known === false)
    return [
      `pods of ${here.namespace} cannot be read, so nobody knows what else mounts the claims: ${reading.why}`,
    ];
  const mounting = (objectsOf(here, resources.pods) as readonly Pod[]).filter((pod) =>
    claimsOfPod(pod).some((name) => here.claimNames.has(name)),
  );
  return [...new Set(mounting.flatMap((pod) => warningFor(pod, here) ?? []))];
};
