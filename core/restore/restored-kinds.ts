import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { apiVersionOf, type Resource, resources } from '../model/resource.ts';

/** When in a restore an object is written: what others need comes first, what uses them last. */
export type Stage = 'namespace' | 'class' | 'configuration' | 'volume' | 'workload';

/** What a restore does with the objects of a kind. */
export type Handling =
  | { readonly act: 'restore'; readonly stage: Stage; readonly resource: Resource }
  /** It tells how a volume was replicated; a promote makes a new one on the target. */
  | { readonly act: 'read'; readonly resource: Resource }
  | { readonly act: 'leave out'; readonly why: string };

const restore =
  (stage: Stage) =>
  (resource: Resource): readonly [Resource, Handling] => [resource, { act: 'restore', stage, resource }];

const read = (resource: Resource): readonly [Resource, Handling] => [resource, { act: 'read', resource }];

const handlings: readonly (readonly [Resource, Handling])[] = [
  restore('namespace')(resources.namespaces),
  ...[
    resources.storageClasses,
    resources.volumeReplicationClasses,
    resources.volumeGroupReplicationClasses,
  ].map(restore('class')),
  ...[resources.serviceAccounts, resources.configMaps, resources.secrets, resources.services].map(
    restore('configuration'),
  ),
  ...[resources.persistentVolumes, resources.persistentVolumeClaims].map(restore('volume')),
  ...[
    resources.deployments,
    resources.statefulSets,
    resources.replicaSets,
    resources.daemonSets,
    resources.cronJobs,
    resources.jobs,
  ].map(restore('workload')),
  read(resources.volumeReplications),
  read(resources.volumeGroupReplications),
  [resources.pods, { act: 'leave out', why: 'pods are made by their workloads' }],
];

const key = (apiVersion: string | undefined, kind: string | undefined): string =>
  `${apiVersion ?? ''} ${kind ?? ''}`;

const table = new Map(
  handlings.map(([resource, handling]) => [key(apiVersionOf(resource), resource.kind), handling]),
);

/** What a restore does with an object of this kind; undefined: it is none of those that a restore knows. */
export const handlingOf = ({ apiVersion, kind }: KubernetesObject): Handling | undefined =>
  table.get(key(apiVersion, kind));

/** Names of the kinds that a restore takes, for what is said about others. */
export const acceptedKinds: readonly string[] = handlings.map(([{ kind }]) => kind);
