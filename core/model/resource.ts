/** Names one kind of object in the API: what a URL needs and what a message calls it. */
export type Resource = {
  /** API group; empty for the core group. */
  group: string;
  version: string;
  /** Plural, lower case: the word in the URL. */
  plural: string;
  kind: string;
  namespaced: boolean;
};

/** `v1` or `group/version`, as it stands in `apiVersion`. */
export const apiVersionOf = ({ group, version }: Pick<Resource, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;

const resource = (
  group: string,
  version: string,
  plural: string,
  kind: string,
  namespaced: boolean,
): Resource => ({ group, version, plural, kind, namespaced });

const core = (plural: string, kind: string, namespaced = true) =>
  resource('', 'v1', plural, kind, namespaced);
const apps = (plural: string, kind: string) => resource('apps', 'v1', plural, kind, true);
const replication = (plural: string, kind: string, namespaced: boolean) =>
  resource('replication.storage.openshift.io', 'v1alpha1', plural, kind, namespaced);

/** The kinds this product touches. */
export const resources = {
  namespaces: core('namespaces', 'Namespace', false),
  nodes: core('nodes', 'Node', false),
  persistentVolumes: core('persistentvolumes', 'PersistentVolume', false),
  persistentVolumeClaims: core('persistentvolumeclaims', 'PersistentVolumeClaim'),
  pods: core('pods', 'Pod'),
  secrets: core('secrets', 'Secret'),
  configMaps: core('configmaps', 'ConfigMap'),
  serviceAccounts: core('serviceaccounts', 'ServiceAccount'),
  events: core('events', 'Event'),
  resourceQuotas: core('resourcequotas', 'ResourceQuota'),
  leases: resource('coordination.k8s.io', 'v1', 'leases', 'Lease', true),
  priorityClasses: resource('scheduling.k8s.io', 'v1', 'priorityclasses', 'PriorityClass', false),
  runtimeClasses: resource('node.k8s.io', 'v1', 'runtimeclasses', 'RuntimeClass', false),
  storageClasses: resource('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', false),
  volumeAttachments: resource('storage.k8s.io', 'v1', 'volumeattachments', 'VolumeAttachment', false),
  csiDrivers: resource('storage.k8s.io', 'v1', 'csidrivers', 'CSIDriver', false),
  csiNodes: resource('storage.k8s.io', 'v1', 'csinodes', 'CSINode', false),
  deployments: apps('deployments', 'Deployment'),
  statefulSets: apps('statefulsets', 'StatefulSet'),
  replicaSets: apps('replicasets', 'ReplicaSet'),
  daemonSets: apps('daemonsets', 'DaemonSet'),
  jobs: resource('batch', 'v1', 'jobs', 'Job', true),
  cronJobs: resource('batch', 'v1', 'cronjobs', 'CronJob', true),
  horizontalPodAutoscalers: resource(
    'autoscaling',
    'v2',
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    true,
  ),
  subjectAccessReviews: resource(
    'authorization.k8s.io',
    'v1',
    'subjectaccessreviews',
    'SubjectAccessReview',
    false,
  ),
  selfSubjectAccessReviews: resource(
    'authorization.k8s.io',
    'v1',
    'selfsubjectaccessreviews',
    'SelfSubjectAccessReview',
    false,
  ),
  selfSubjectReviews: resource(
    'authentication.k8s.io',
    'v1',
    'selfsubjectreviews',
    'SelfSubjectReview',
    false,
  ),
  services: core('services', 'Service'),
  clusterRoles: resource('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', false),
  clusterRoleBindings: resource(
    'rbac.authorization.k8s.io',
    'v1',
    'clusterrolebindings',
    'ClusterRoleBinding',
    false,
  ),
  roles: resource('rbac.authorization.k8s.io', 'v1', 'roles', 'Role', true),
  roleBindings: resource('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding', true),
  validatingWebhookConfigurations: resource(
    'admissionregistration.k8s.io',
    'v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    false,
  ),
  mutatingWebhookConfigurations: resource(
    'admissionregistration.k8s.io',
    'v1',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    false,
  ),
  customResourceDefinitions: resource(
    'apiextensions.k8s.io',
    'v1',
    'customresourcedefinitions',
    'CustomResourceDefinition',
    false,
  ),
  operations: resource('kubectl-dr.dev', 'v1alpha1', 'operations', 'Operation', true),
  csiAddonsNodes: resource('csiaddons.openshift.io', 'v1alpha1', 'csiaddonsnodes', 'CSIAddonsNode', true),
  volumeReplications: replication('volumereplications', 'VolumeReplication', true),
  volumeReplicationClasses: replication('volumereplicationclasses', 'VolumeReplicationClass', false),
  volumeGroupReplications: replication('volumegroupreplications', 'VolumeGroupReplication', true),
  volumeGroupReplicationClasses: replication(
    'volumegroupreplicationclasses',
    'VolumeGroupReplicationClass',
    false,
  ),
  volumeGroupReplicationContents: replication(
    'volumegroupreplicationcontents',
    'VolumeGroupReplicationContent',
    false,
  ),
} as const satisfies Record<string, Resource>;
