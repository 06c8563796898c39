import type { KubernetesObject, OwnerReference } from '../../model/kubernetes-object.ts';
import { claimsOfPod, type Pod } from '../../model/pod.ts';
import { resources } from '../../model/resource.ts';
import { type NamespaceObjects, objectsOf } from './namespace-objects.ts';
import { workloadResources } from './workload-resources.ts';

const builtInKinds: readonly string[] = workloadResources.map(({ kind }) => kind);

/** Whether an owner is one of the kinds that make pods: it is looked at itself. */
export const isBuiltInOwner = ({ apiVersion, kind }: OwnerReference): boolean =>
  /^(apps|batch)\//.test(apiVersion) && builtInKinds.includes(kind);

/** The owner that makes an object and keeps it as it is. */
export const controllerOf = ({ metadata }: KubernetesObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

const warningFor = (pod: Pod): string | undefined => {
  const owner = controllerOf(pod);
  const { namespace, name } = pod.metadata;
  if (owner === undefined)
    return `Pod ${namespace}/${name} mounts a claim, has no owner, and is not in the backup`;
  if (isBuiltInOwner(owner)) return undefined;
  return `${owner.kind} ${namespace}/${owner.name} runs pods that mount a claim and is not in the backup; back it up with its operator`;
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
  return [...new Set(mounting.flatMap((pod) => warningFor(pod) ?? []))];
};
