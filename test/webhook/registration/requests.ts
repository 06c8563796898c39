import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { type Resource, resources } from '../../../core/model/resource.ts';
import type { Cluster } from '../../../kube/cluster.ts';
import type { Impersonation } from '../../../kube/kubeconfig-entry.ts';

// Requests to an API server, and which of them have to reach the webhook: by its rules, selectors and matchConditions.

export type Json = Record<string, unknown>;

export const vr = (name: string, metadata: Json = {}, spec: Json = {}): KubernetesObject => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name, namespace: 'default', ...metadata },
  spec: {
    volumeReplicationClass: 'rbd',
    replicationState: 'secondary',
    dataSource: { kind: 'PersistentVolumeClaim', name },
    ...spec,
  },
});

export const vgr = (name: string): KubernetesObject => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeGroupReplication',
  metadata: { name, namespace: 'default' },
  spec: {
    volumeGroupReplicationClassName: 'rbd',
    volumeReplicationClassName: 'rbd',
    replicationState: 'secondary',
    source: { selector: { matchLabels: { app: 'shop' } } },
  },
});

export const classOf = (kind: string, name: string): KubernetesObject => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind,
  metadata: { name },
  spec: { provisioner: 'rbd.csi.ceph.com', parameters: {} },
});

export const pv = (name: string, spec: Json = {}, metadata: Json = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, ...metadata },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    csi: { driver: 'rbd.csi.ceph.com', volumeHandle: name },
    ...spec,
  },
});

export const pvc = (name: string, metadata: Json = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default', ...metadata },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});

export const namespaced = (name: string) => ({ name, namespace: 'default' });
export const space = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});
export const ns = resources.namespaces;
export const vrs = resources.volumeReplications;
export const vgrs = resources.volumeGroupReplications;
export const vrcs = resources.volumeReplicationClasses;
export const vgrcs = resources.volumeGroupReplicationClasses;
export const pvs = resources.persistentVolumes;
export const pvcs = resources.persistentVolumeClaims;
const consent = 'kubectl-dr.dev/consent';
export const mark = 'replication.storage.openshift.io/pvc-protection';
export const uid = '11111111-2222-3333-4444-555555555555';

export const merge = (cluster: Cluster, resource: Resource, name: string, body: Json, more: Json = {}) =>
  cluster.patch(resource, resource.namespaced ? namespaced(name) : { name }, body, {
    type: 'merge',
    ...more,
  });

export type Step = [what: string, act: (cluster: Cluster, as: As) => Promise<unknown>, seen: string[]];
export type As = (user: Partial<Impersonation>) => Cluster;

const masters = ['system:masters'];
export const account = (namespace: string, name: string) => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: masters,
});

const asked = (operation: string, plural: string, ...paths: string[]): string[] =>
  paths.map((path) => `${path} ${operation} ${plural}`).sort();

/** In this order; later steps build on earlier ones. */
export const steps: Step[] = [
  [
    'a VolumeReplication is created',
    (c) => c.create(vrs, vr('a')),
    asked('CREATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'its state changes',
    (c) => merge(c, vrs, 'a', { spec: { replicationState: 'primary' } }),
    asked('UPDATE', 'volumereplications', 'guard', 'advice'),
  ],
  ['a label is set', (c) => merge(c, vrs, 'a', { metadata: { labels: { x: 'y' } } }), []],
  ['some other annotation is set', (c) => merge(c, vrs, 'a', { metadata: { annotations: { x: 'y' } } }), []],
  [
    'a consent is given',
    (c) => merge(c, vrs, 'a', { metadata: { annotations: { [consent]: '{}' } } }),
    asked('UPDATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'the consent is changed',
    (c) => merge(c, vrs, 'a', { metadata: { annotations: { [consent]: '{"by":"me"}' } } }),
    asked('UPDATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'the consent is removed',
    (c) => merge(c, vrs, 'a', { metadata: { annotations: { [consent]: null } } }),
    asked('UPDATE', 'volumereplications', 'guard', 'advice'),
  ],
  ['all annotations are removed', (c) => merge(c, vrs, 'a', { metadata: { annotations: null } }), []],
  [
    'an empty consent is given where there was no annotation',
    (c) => merge(c, vrs, 'a', { metadata: { annotations: { [consent]: '' } } }),
    asked('UPDATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'a finalizer is set',
    (c) => merge(c, vrs, 'a', { metadata: { finalizers: ['replication.storage.openshift.io'] } }),
    [],
  ],
  [
    'the status is written',
    (c) => merge(c, vrs, 'a', { status: { state: 'Primary' } }, { subresource: 'status' }),
    [],
  ],
  [
    'a whole update changes nothing that is judged',
    async (c) => c.replace(vrs, await c.get(vrs, namespaced('a'))),
    [],
  ],
  [
    'server-side apply of what is there already',
    (c) =>
      c.patch(vrs, namespaced('a'), vr('a', {}, { replicationState: 'primary' }), {
        type: 'apply',
        fieldManager: 'ramen',
        force: true,
      }),
    [],
  ],
  [
    'server-side apply of another state, away from primary',
    (c) => c.patch(vrs, namespaced('a'), vr('a'), { type: 'apply', fieldManager: 'ramen', force: true }),
    asked('UPDATE', 'volumereplications', 'guard', 'advice', 'restore'),
  ],
  [
    'server-side apply of a new one',
    (c) => c.patch(vrs, namespaced('b'), vr('b'), { type: 'apply', fieldManager: 'ramen', force: true }),
    asked('CREATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'a dry run',
    (c) => c.create(vrs, vr('dry'), { dryRun: true }),
    asked('CREATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'an account that is called as our controller changes it',
    (_, as) =>
      merge(as(account('kubectl-dr', 'dr-controller')), vrs, 'b', {
        metadata: { annotations: { [consent]: '{}' } },
      }),
    asked('UPDATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'our webhook changes it',
    (_, as) =>
      merge(as(account('kubectl-dr', 'dr-webhook')), vrs, 'b', {
        metadata: { annotations: { [consent]: '{ }' } },
      }),
    asked('UPDATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'an account that was vouched for changes it',
    (_, as) =>
      merge(as(account('rook-ceph', "it's-ours")), vrs, 'b', {
        metadata: { annotations: { [consent]: '{  }' } },
      }),
    [],
  ],
  [
    'another account changes it',
    (_, as) =>
      merge(as(account('default', 'dr-controller')), vrs, 'b', {
        metadata: { annotations: { [consent]: '{}' } },
      }),
    asked('UPDATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'a node changes it',
    (_, as) =>
      merge(as({ user: 'system:node:n1', groups: ['system:nodes', ...masters] }), vrs, 'b', {
        spec: { replicationState: 'primary' },
      }),
    [],
  ],
  [
    'the garbage collector deletes it',
    (_, as) =>
      as(account('kube-system', 'generic-garbage-collector')).delete(vrs, namespaced('b'), { dryRun: true }),
    asked('DELETE', 'volumereplications', 'guard'),
  ],
  [
    'the namespace controller deletes it',
    (_, as) => as(account('kube-system', 'namespace-controller')).delete(vrs, namespaced('b')),
    [],
  ],
  [
    'somebody deletes one that has a finalizer',
    (c) => c.delete(vrs, namespaced('a')),
    asked('DELETE', 'volumereplications', 'guard'),
  ],
  ['somebody deletes it once more while it is going', (c) => c.delete(vrs, namespaced('a')), []],
  ['its finalizer is removed', (c) => merge(c, vrs, 'a', { metadata: { finalizers: null } }), []],

  [
    'a VolumeGroupReplication is created',
    (c) => c.create(vgrs, vgr('g')),
    asked('CREATE', 'volumegroupreplications', 'guard', 'advice'),
  ],
  ['its labels change', (c) => merge(c, vgrs, 'g', { metadata: { labels: { x: 'y' } } }), []],
  [
    'its state changes',
    (c) => merge(c, vgrs, 'g', { spec: { replicationState: 'primary' } }),
    asked('UPDATE', 'volumegroupreplications', 'guard', 'advice'),
  ],
  [
    'its status is written while it is primary',
    (c) => merge(c, vgrs, 'g', { status: { state: 'Primary' } }, { subresource: 'status' }),
    [],
  ],
  [
    'its state changes away from primary',
    (c) => merge(c, vgrs, 'g', { spec: { replicationState: 'secondary' } }),
    asked('UPDATE', 'volumegroupreplications', 'guard', 'advice', 'restore'),
  ],
  [
    'it is deleted',
    (c) => c.delete(vgrs, namespaced('g')),
    asked('DELETE', 'volumegroupreplications', 'guard'),
  ],

  [
    'a VolumeReplicationClass is created',
    (c) => c.create(vrcs, classOf('VolumeReplicationClass', 'rbd')),
    asked('CREATE', 'volumereplicationclasses', 'guard', 'advice'),
  ],
  ['its labels change', (c) => merge(c, vrcs, 'rbd', { metadata: { labels: { x: 'y' } } }), []],
  [
    'it is deleted',
    (c) => c.delete(vrcs, { name: 'rbd' }),
    asked('DELETE', 'volumereplicationclasses', 'guard'),
  ],
  [
    'a VolumeGroupReplicationClass is created',
    (c) => c.create(vgrcs, classOf('VolumeGroupReplicationClass', 'rbd')),
    asked('CREATE', 'volumegroupreplicationclasses', 'guard', 'advice'),
  ],

  ['a PV is created', (c) => c.create(pvs, pv('v')), []],
  [
    'a PV is created that is reserved for a claim',
    (c) => c.create(pvs, pv('reserved', { claimRef: { namespace: 'default', name: 'x' } })),
    [],
  ],
  [
    'a PV is created as it was bound elsewhere',
    (c) => c.create(pvs, pv('restored', { claimRef: { namespace: 'default', name: 'x', uid } })),
    asked('CREATE', 'persistentvolumes', 'restore'),
  ],
  ['its labels change', (c) => merge(c, pvs, 'v', { metadata: { labels: { x: 'y' } } }), []],
  [
    'it is bound, as the binder does it',
    (c) => merge(c, pvs, 'v', { spec: { claimRef: { namespace: 'default', name: 'c', uid } } }),
    [],
  ],
  [
    'its phase changes',
    (c) => merge(c, pvs, 'v', { status: { phase: 'Bound' } }, { subresource: 'status' }),
    [],
  ],
  [
    'its reclaim policy changes',
    (c) => merge(c, pvs, 'v', { spec: { persistentVolumeReclaimPolicy: 'Delete' } }),
    asked('UPDATE', 'persistentvolumes', 'guard'),
  ],
  [
    'a bound PV is deleted',
    (c) => c.delete(pvs, { name: 'v' }),
    asked('DELETE', 'persistentvolumes', 'guard'),
  ],
  [
    'a PV that is not bound is deleted',
    (c) => c.delete(pvs, { name: 'reserved' }),
    asked('DELETE', 'persistentvolumes', 'guard'),
  ],

  ['a claim is created', (c) => c.create(pvcs, pvc('c')), []],
  [
    'a claim is created with the marks of a binder',
    (c) => c.create(pvcs, pvc('bound', { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } })),
    asked('CREATE', 'persistentvolumeclaims', 'restore'),
  ],
  [
    'a claim is created with the other mark of a binder',
    (c) =>
      c.create(pvcs, pvc('bound-too', { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } })),
    asked('CREATE', 'persistentvolumeclaims', 'restore'),
  ],
  ['a claim changes', (c) => merge(c, pvcs, 'c', { metadata: { annotations: { x: 'y' } } }), []],
  [
    'a claim without a mark is deleted',
    (c) => c.delete(pvcs, namespaced('c')),
    asked('DELETE', 'persistentvolumeclaims', 'guard'),
  ],
  [
    'a claim with the finalizer of a controller is created',
    (c) => c.create(pvcs, pvc('marked', { finalizers: [mark] })),
    [],
  ],
  [
    'it is deleted',
    (c) => c.delete(pvcs, namespaced('marked')),
    asked('DELETE', 'persistentvolumeclaims', 'guard'),
  ],
  ['it is deleted once more', (c) => c.delete(pvcs, namespaced('marked')), []],
  [
    'a claim of a group is created',
    (c) =>
      c.create(
        pvcs,
        pvc('grouped', {
          annotations: { 'replication.storage.openshift.io/volume-group-replication-name': 'g' },
        }),
      ),
    [],
  ],
  [
    'it is deleted',
    (c) => c.delete(pvcs, namespaced('grouped')),
    asked('DELETE', 'persistentvolumeclaims', 'guard'),
  ],

  ['a namespace is created', (c) => c.create(ns, space('shop')), []],
  ['a namespace is deleted', (c) => c.delete(ns, { name: 'shop' }), asked('DELETE', 'namespaces', 'guard')],
  [
    'a namespace that is going is deleted once more',
    (c) => c.delete(ns, { name: 'shop' }).catch((error) => error),
    [],
  ],
  [
    'the definition of a kind of replications is deleted',
    (c) =>
      c.delete(
        resources.customResourceDefinitions,
        { name: `${vgrs.plural}.${vgrs.group}` },
        { dryRun: true },
      ),
    asked('DELETE', 'customresourcedefinitions', 'guard'),
  ],
  [
    'the definition of a kind of classes is deleted',
    (c) =>
      c.delete(
        resources.customResourceDefinitions,
        { name: `${vgrcs.plural}.${vgrcs.group}` },
        { dryRun: true },
      ),
    asked('DELETE', 'customresourcedefinitions', 'guard'),
  ],
  ['our own namespace is deleted', (c) => c.delete(ns, { name: 'kubectl-dr' }, { dryRun: true }), []],
  [
    'a VolumeReplication comes into our own namespace',
    (c) => c.create(vrs, { ...vr('own'), metadata: { name: 'own', namespace: 'kubectl-dr' } }),
    asked('CREATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'a VolumeReplication comes into kube-system',
    (c) => c.create(vrs, { ...vr('system'), metadata: { name: 'system', namespace: 'kube-system' } }),
    asked('CREATE', 'volumereplications', 'guard', 'advice'),
  ],
  [
    'a Lease is written',
    (c) =>
      c.create(resources.leases, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l', namespace: 'default' },
        spec: {},
      }),
    [],
  ],
];

/** With nobody there to answer. */
export const whileDead: [string, (cluster: Cluster) => Promise<unknown>, 'refused' | 'passes'][] = [
  ['a VolumeReplication', (c) => c.create(vrs, vr('dead'), { dryRun: true }), 'refused'],
  [
    'a state',
    (c) => merge(c, vrs, 'kept', { spec: { replicationState: 'primary' } }, { dryRun: true }),
    'refused',
  ],
  ['a label', (c) => merge(c, vrs, 'kept', { metadata: { labels: { x: 'z' } } }, { dryRun: true }), 'passes'],
  [
    'a status',
    (c) => merge(c, vrs, 'kept', { status: { state: 'Primary' } }, { subresource: 'status', dryRun: true }),
    'passes',
  ],
  ['the end of a VolumeReplication', (c) => c.delete(vrs, namespaced('kept'), { dryRun: true }), 'refused'],
  ['a class', (c) => c.create(vrcs, classOf('VolumeReplicationClass', 'dead'), { dryRun: true }), 'refused'],
  [
    'a reclaim policy',
    (c) =>
      merge(c, pvs, 'kept-bound', { spec: { persistentVolumeReclaimPolicy: 'Delete' } }, { dryRun: true }),
    'refused',
  ],
  ['the end of a bound PV', (c) => c.delete(pvs, { name: 'kept-bound' }, { dryRun: true }), 'refused'],
  [
    'the end of a PV that is not bound',
    (c) => c.delete(pvs, { name: 'kept-free' }, { dryRun: true }),
    'passes',
  ],
  [
    'the end of a claim with a mark',
    (c) => c.delete(pvcs, namespaced('kept-marked'), { dryRun: true }),
    'refused',
  ],
  [
    'the end of a claim without one',
    (c) => c.delete(pvcs, namespaced('kept-free'), { dryRun: true }),
    'passes',
  ],
  [
    'the end of the definition of replications',
    (c) =>
      c.delete(resources.customResourceDefinitions, { name: `${vrs.plural}.${vrs.group}` }, { dryRun: true }),
    'refused',
  ],
  [
    'the end of the definition of classes',
    (c) =>
      c.delete(
        resources.customResourceDefinitions,
        { name: `${vrcs.plural}.${vrcs.group}` },
        { dryRun: true },
      ),
    'refused',
  ],
  ['the end of a namespace', (c) => c.delete(ns, { name: 'kept' }, { dryRun: true }), 'refused'],
  [
    'a restored PV',
    (c) =>
      c.create(pvs, pv('dead', { claimRef: { namespace: 'default', name: 'x', uid } }), { dryRun: true }),
    'passes',
  ],
];
