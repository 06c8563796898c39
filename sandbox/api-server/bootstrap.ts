import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { anonymous, authenticatedGroup } from './authentication/caller.ts';
import { createObject } from './objects/create.ts';
import type { Machinery, WriteContext } from './objects/machinery.ts';
import { collectionOf } from './objects/target.ts';
import { keyOf } from './store/stored-object.ts';

const rbac = 'rbac.authorization.k8s.io/v1';
const defaults = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const metadataOf = (name: string) => ({
  name,
  labels: defaults,
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
});

type Rule = Record<string, readonly string[]>;

const clusterRole = (name: string, rules: readonly Rule[]): KubernetesObject => ({
  apiVersion: rbac,
  kind: 'ClusterRole',
  metadata: metadataOf(name),
  rules,
});

const binding = (name: string, groups: readonly string[]): KubernetesObject => ({
  apiVersion: rbac,
  kind: 'ClusterRoleBinding',
  metadata: metadataOf(name),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
  subjects: groups.map((group) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group })),
});

const namespace = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

const priorityClass = (name: string, value: number, description: string): KubernetesObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description,
  preemptionPolicy: 'PreemptLowerPriority',
});

const everything: readonly Rule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];
const reading = ['get', 'list', 'watch'];
const writing = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const namespaced: Rule = {
  apiGroups: ['', 'apps', 'batch', 'coordination.k8s.io', 'events.k8s.io'],
  resources: [
    'configmaps',
    'cronjobs',
    'daemonsets',
    'deployments',
    'deployments/scale',
    'events',
    'jobs',
    'persistentvolumeclaims',
    'pods',
    'replicasets',
    'replicasets/scale',
    'serviceaccounts',
    'statefulsets',
    'statefulsets/scale',
  ],
};

const info = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const discovery = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];

/** What every kube-apiserver has from its first start: four namespaces, two priority classes, and the roles that come with RBAC. */
const objects: readonly KubernetesObject[] = [
  ...['default', 'kube-node-lease', 'kube-public', 'kube-system'].map(namespace),
  priorityClass(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
  priorityClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
  clusterRole('cluster-admin', everything),
  clusterRole('admin', [
    { ...namespaced, verbs: [...reading, ...writing] },
    { apiGroups: [''], resources: ['secrets'], verbs: [...reading, ...writing] },
    {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['rolebindings', 'roles'],
      verbs: [...reading, ...writing],
    },
  ]),
  clusterRole('edit', [
    { ...namespaced, verbs: [...reading, ...writing] },
    { apiGroups: [''], resources: ['secrets'], verbs: [...reading, ...writing] },
  ]),
  clusterRole('view', [{ ...namespaced, verbs: reading }]),
  clusterRole('system:basic-user', [
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ]),
  clusterRole('system:discovery', [{ nonResourceURLs: discovery, verbs: ['get'] }]),
  clusterRole('system:public-info-viewer', [{ nonResourceURLs: info, verbs: ['get'] }]),
  binding('cluster-admin', ['system:masters']),
  binding('system:basic-user', [authenticatedGroup]),
  binding('system:discovery', [authenticatedGroup]),
  binding('system:public-info-viewer', [authenticatedGroup, 'system:unauthenticated']),
];

const context: WriteContext = {
  caller: anonymous,
  options: {
    dryRun: false,
    manager: 'kube-apiserver',
    fieldManager: 'kube-apiserver',
    fieldValidation: 'Ignore',
    force: false,
  },
  warn: () => undefined,
};

/** Creates what is missing of the objects that a kube-apiserver starts with. */
export const createBootstrapObjects = async (machinery: Machinery): Promise<void> => {
  for (const object of objects) {
    const kind = machinery.kinds.byKind(object.apiVersion ?? '', object.kind ?? '');
    const { name } = object.metadata;
    if (kind === undefined || name === undefined) continue;
    if (machinery.store.get(collectionOf(kind), keyOf(undefined, name)) !== undefined) continue;
    await createObject(
      machinery,
      { kind, namespace: undefined, name: undefined, subresource: undefined },
      object,
      context,
    );
  }
};
