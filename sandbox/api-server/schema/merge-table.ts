// What the Go types of the built-in API say about merging and client-node's models do not: k8s.io/api 1.36, the markers
// +listType, +listMapKey, +mapType and +structType, and the tags patchStrategy and patchMergeKey. A list that is not here
// is one piece.

/** Lists that are maps: their keys. A strategic merge patch merges by the first of them. */
export const keyedLists: Readonly<Record<string, readonly string[]>> = {
  'Container.env': ['name'],
  'Container.ports': ['containerPort', 'protocol'],
  'Container.volumeDevices': ['devicePath'],
  'Container.volumeMounts': ['mountPath'],
  'ContainerStatus.allocatedResourcesStatus': ['name'],
  'ContainerStatus.volumeMounts': ['mountPath'],
  'CustomResourceDefinitionStatus.conditions': ['type'],
  'DaemonSetStatus.conditions': ['type'],
  'DeploymentStatus.conditions': ['type'],
  'EphemeralContainer.env': ['name'],
  'EphemeralContainer.ports': ['containerPort', 'protocol'],
  'EphemeralContainer.volumeDevices': ['devicePath'],
  'EphemeralContainer.volumeMounts': ['mountPath'],
  'MutatingWebhook.matchConditions': ['name'],
  'MutatingWebhookConfiguration.webhooks': ['name'],
  'NamespaceStatus.conditions': ['type'],
  'NodeStatus.addresses': ['type'],
  'NodeStatus.conditions': ['type'],
  'ObjectMeta.ownerReferences': ['uid'],
  'PersistentVolumeClaimStatus.conditions': ['type'],
  'PodSpec.containers': ['name'],
  'PodSpec.ephemeralContainers': ['name'],
  'PodSpec.hostAliases': ['ip'],
  'PodSpec.imagePullSecrets': ['name'],
  'PodSpec.initContainers': ['name'],
  'PodSpec.resourceClaims': ['name'],
  'PodSpec.schedulingGates': ['name'],
  'PodSpec.topologySpreadConstraints': ['topologyKey', 'whenUnsatisfiable'],
  'PodSpec.volumes': ['name'],
  'PodStatus.conditions': ['type'],
  'PodStatus.podIPs': ['ip'],
  'PodStatus.resourceClaimStatuses': ['name'],
  'ReplicaSetStatus.conditions': ['type'],
  'ResourceRequirements.claims': ['name'],
  'ResourceStatus.resources': ['resourceID'],
  'ServiceAccount.secrets': ['name'],
  'ServiceSpec.ports': ['port', 'protocol'],
  'ServiceStatus.conditions': ['type'],
  'StatefulSetStatus.conditions': ['type'],
  'ValidatingWebhook.matchConditions': ['name'],
  'ValidatingWebhookConfiguration.webhooks': ['name'],
};

/** Keyed lists that a strategic merge patch replaces all the same. */
export const replacedByPatch: ReadonlySet<string> = new Set([
  'CustomResourceDefinitionStatus.conditions',
  'ResourceRequirements.claims',
  'ResourceStatus.resources',
]);

/** Lists that only a strategic merge patch merges, by this key. */
export const mergedByPatch: Readonly<Record<string, string>> = {
  'JobStatus.conditions': 'type',
  'PodStatus.hostIPs': 'ip',
};

/** Lists that are sets. */
export const sets: ReadonlySet<string> = new Set([
  'CSIDriverSpec.volumeLifecycleModes',
  'ContainerRestartRuleOnExitCodes.values',
  'NodeSpec.podCIDRs',
  'ObjectMeta.finalizers',
  'PodFailurePolicyOnExitCodesRequirement.values',
  'UncountedTerminatedPods.failed',
  'UncountedTerminatedPods.succeeded',
]);

/** Sets that a strategic merge patch merges, too. */
export const setsMergedByPatch: ReadonlySet<string> = new Set(['NodeSpec.podCIDRs', 'ObjectMeta.finalizers']);

/** Fields of which a patch with `$retainKeys` keeps only what it lists. */
export const retainKeys: ReadonlySet<string> = new Set([
  'DeploymentSpec.strategy',
  'PodSpec.resourceClaims',
  'PodSpec.volumes',
  'PodStatus.resourceClaimStatuses',
]);

/** Maps that are one piece. */
export const atomicMaps: ReadonlySet<string> = new Set(['PodSpec.nodeSelector', 'ServiceSpec.selector']);

/** Types whose objects are one piece wherever they stand. */
export const atomicTypes: ReadonlySet<string> = new Set([
  'ConfigMapKeySelector',
  'FileKeySelector',
  'LabelSelector',
  'LocalObjectReference',
  'NodeSelector',
  'NodeSelectorTerm',
  'ObjectFieldSelector',
  'ObjectReference',
  'OwnerReference',
  'ResourceFieldSelector',
  'RoleRef',
  'SecretKeySelector',
  'SecretReference',
  'Subject',
  'TopologySelectorTerm',
  'TypedLocalObjectReference',
]);

/** References that are merged field by field although their type is one piece elsewhere. */
export const granularFields: ReadonlySet<string> = new Set(['PersistentVolumeSpec.claimRef']);

/** Fields that hold quantities, or maps of them: clients may write them as numbers, too. */
export const quantities: ReadonlySet<string> = new Set([
  'ContainerStatus.allocatedResources',
  'EmptyDirVolumeSource.sizeLimit',
  'NodeStatus.allocatable',
  'NodeStatus.capacity',
  'PersistentVolumeClaimStatus.allocatedResources',
  'PersistentVolumeClaimStatus.capacity',
  'PersistentVolumeSpec.capacity',
  'PodSpec.overhead',
  'PodStatus.allocatedResources',
  'ResourceFieldSelector.divisor',
  'ResourceRequirements.limits',
  'ResourceRequirements.requests',
  'VolumeResourceRequirements.limits',
  'VolumeResourceRequirements.requests',
]);

/** Defaults that key a list, so that they must be known before it is merged. */
export const keyDefaults: Readonly<Record<string, string>> = {
  'ContainerPort.protocol': 'TCP',
  'ServicePort.protocol': 'TCP',
};
