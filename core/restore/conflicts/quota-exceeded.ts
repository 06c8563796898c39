import type { PersistentVolumeClaim } from '../../model/persistent-volume.ts';
import { bytesOf } from '../../model/quantity.ts';
import { keyOfClaim } from '../../protection/claims-of-volume.ts';
import type { RestoreConflict } from '../conflict.ts';
import { nameOf } from '../object-name.ts';
import { storageClassOf } from '../storage-class-of.ts';
import type { ResourceQuota, Target } from '../target.ts';

const requestOf = ({ spec }: PersistentVolumeClaim): number =>
  bytesOf(spec?.resources?.requests?.storage) ?? 0;

const perClass = /^(.+)\.storageclass\.storage\.k8s\.io\/(requests\.storage|persistentvolumeclaims)$/;

/** How much of one limited resource the claims need; undefined: the limit is not about claims. */
const needOf = (resource: string, claims: readonly PersistentVolumeClaim[]): number | undefined => {
  const [, className, what = resource] = perClass.exec(resource) ?? [];
  const counted =
    className === undefined ? claims : claims.filter((claim) => storageClassOf(claim) === className);
  switch (what) {
    case 'persistentvolumeclaims':
    case 'count/persistentvolumeclaims':
      return counted.length;
    case 'requests.storage':
      return counted.reduce((sum, claim) => sum + requestOf(claim), 0);
    default:
      return undefined;
  }
};

const exceeded = (quota: ResourceQuota, claims: readonly PersistentVolumeClaim[], target: Target) =>
  Object.entries(quota.status?.hard ?? quota.spec?.hard ?? {}).flatMap(
    ([resource, hard]): RestoreConflict[] => {
      const need = needOf(resource, claims);
      const limit = bytesOf(hard);
      const used = quota.status?.used?.[resource] ?? '0';
      if (!need || limit === undefined || (bytesOf(used) ?? 0) + need <= limit) return [];
      return [
        {
          object: nameOf(quota),
          claims: claims.map(keyOfClaim),
          fact: `${resource} is limited to ${hard} on ${target.site.name}, ${used} are used, and the ${claims.length} claims to create need ${need}`,
          next: `raise the limit: ${target.site.kubectl} -n ${quota.metadata.namespace} edit quota ${quota.metadata.name}`,
        },
      ];
    },
  );

/**
 * Quotas that the claims to be created would exceed: kube-apiserver refuses the first claim too many, when others are there already.
 * Unknown quotas stand against nothing: a warning tells of them.
 */
export const quotaExceeded = (
  newClaims: readonly PersistentVolumeClaim[],
  target: Target,
): readonly RestoreConflict[] => {
  if (!target.quotas.known) return [];
  const byNamespace = Map.groupBy(newClaims, ({ metadata }) => metadata.namespace);
  return target.quotas.value
    .filter(({ spec }) => spec?.scopes === undefined && spec?.scopeSelector === undefined)
    .flatMap((quota) => exceeded(quota, byNamespace.get(quota.metadata.namespace) ?? [], target));
};
