// Which claims of a stateful set go with it, or with a pod that is scaled away: kept as owners on the claims, as kube-controller-manager
// 1.36 was seen to write them. The garbage collector then does the rest.
import type { KubernetesObject, OwnerReference } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { type Resource, resources } from '../../../core/model/resource.ts';
import type { Effect } from '../runtime/decision.ts';
import { controllerReference, type Pod, type StatefulSet } from './workload-objects.ts';

const isBy = (kind: string, name: string | undefined) => (owner: OwnerReference) =>
  owner.kind === kind && owner.name === name;

/** Who is to own the claims of a pod; undefined: neither its set nor the pod. */
const wantedOwner = ({ spec }: StatefulSet, isWanted: boolean): Resource | undefined => {
  const policy = spec?.persistentVolumeClaimRetentionPolicy;
  if (policy?.whenScaled === 'Delete' && !isWanted) return resources.pods;
  return policy?.whenDeleted === 'Delete' ? resources.statefulSets : undefined;
};

const ownersOf = (
  claim: PersistentVolumeClaim,
  { set, pod, isWanted }: { set: StatefulSet; pod: Pod; isWanted: boolean },
): OwnerReference[] => {
  const owner = wantedOwner(set, isWanted);
  const [bySet, byPod] = [isBy('StatefulSet', set.metadata.name), isBy('Pod', pod.metadata.name)];
  const others = (claim.metadata.ownerReferences ?? []).filter((one) => !bySet(one) && !byPod(one));
  if (owner === undefined) return others;
  const object: KubernetesObject = owner === resources.pods ? pod : set;
  return [...others, controllerReference(owner, object)];
};

const uidsOf = (owners: readonly OwnerReference[] = []): string => owners.map(({ uid }) => uid).join();

/** Gives the claims of a pod the owners that the set's retention policy wants; nothing where they have them. */
export const keepOwners = (
  claims: readonly PersistentVolumeClaim[],
  holder: { set: StatefulSet; pod: Pod; isWanted: boolean },
): Effect[] =>
  claims.flatMap((claim): Effect[] => {
    const ownerReferences = ownersOf(claim, holder);
    if (uidsOf(ownerReferences) === uidsOf(claim.metadata.ownerReferences)) return [];
    const body = { metadata: { ownerReferences } };
    return [{ act: 'patch', resource: resources.persistentVolumeClaims, object: claim, body }];
  });

/** Whether a claim still belongs to a pod of this name that is gone: no new pod is made for it, until the collector has taken it. */
export const isStale = (claim: PersistentVolumeClaim, podName: string): boolean =>
  (claim.metadata.ownerReferences ?? []).some(isBy('Pod', podName));
