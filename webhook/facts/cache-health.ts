import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { isNotServed } from '../../kube/api-error.ts';
import { whyUnreadable } from '../../kube/unreadable-cache.ts';
import type { FactCache, WebhookCaches } from './caches.ts';

const names = {
  replications: 'VolumeReplications',
  replicationClasses: 'VolumeReplicationClasses',
  groups: 'VolumeGroupReplications',
  groupClasses: 'VolumeGroupReplicationClasses',
  volumes: 'PVs',
  claims: 'PVCs',
  storageClasses: 'StorageClasses',
  namespaces: 'namespaces',
  pods: 'pods',
  attachments: 'VolumeAttachments',
} as const satisfies Record<keyof WebhookCaches, string>;

/** A cache, by what it is called among the others. */
export type CacheName = keyof typeof names;

/** kubernetes-csi-addons is older than its groups: where the API server does not know the kind, there are none. */
const mayBeMissing: readonly CacheName[] = ['groups', 'groupClasses'];

type Limits = { readonly now: number; readonly maxAgeMs: number };

/** Why a cache cannot be believed, as one clause: not filled yet, or not heard of for too long. Undefined while it can. */
export const whyNotBelieved = (
  caches: WebhookCaches,
  name: CacheName,
  limits: Limits,
): string | undefined => {
  const cache: FactCache<KubernetesObject> = caches[name];
  if (mayBeMissing.includes(name) && isNotServed(cache.failure?.())) return undefined;
  return whyUnreadable(names[name], cache, limits);
};

/** Why facts cannot be had now, one clause per cache; empty when all is well. */
export const unreadableCaches = (caches: WebhookCaches, limits: Limits): readonly string[] =>
  (Object.keys(names) as CacheName[]).flatMap((name) => whyNotBelieved(caches, name, limits) ?? []);
