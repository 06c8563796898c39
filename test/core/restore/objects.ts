// Objects of a small restore: each test changes what it is about.
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { known } from '../../../core/model/reading.ts';
import type { TargetFacts } from '../../../core/restore/target.ts';
import type { Wanted, WantedVolume } from '../../../core/restore/wanted.ts';

export const driver = 'rbd.csi.ceph.com';

/** A PV of the claim `shop/<name>`, as a backup holds it. */
export const pv = (name = 'db', spec: object = {}, metadata: object = {}): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: `pv-${name}`, ...metadata },
  spec: {
    capacity: { storage: '10Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'gold',
    csi: { driver, volumeHandle: `handle-${name}` },
    claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name },
    persistentVolumeReclaimPolicy: 'Retain',
    ...spec,
  },
});

/** The claim `shop/<name>`, as a backup holds it. */
export const pvc = (name = 'db', spec: object = {}, metadata: object = {}): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { namespace: 'shop', name, ...metadata },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '10Gi' } },
    storageClassName: 'gold',
    volumeName: `pv-${name}`,
    ...spec,
  },
});

/** The same pair on the target, bound. */
export const boundPv = (name = 'db', spec: object = {}): PersistentVolume => ({
  ...pv(name, { claimRef: { namespace: 'shop', name, uid: `uid-${name}` }, ...spec }),
  status: { phase: 'Bound' },
});
export const boundPvc = (name = 'db', spec: object = {}, metadata: object = {}): PersistentVolumeClaim => ({
  ...pvc(name, spec, { uid: `uid-${name}`, ...metadata }),
  status: { phase: 'Bound' },
});

export const storageClass = (name = 'gold', more: object = {}): KubernetesObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: driver,
  ...more,
});

export const namespace = (name: string, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...metadata },
});

export const wantedVolume = (name = 'db', changes: Partial<WantedVolume> = {}): WantedVolume => ({
  volume: pv(name),
  claim: pvc(name),
  sourceUids: { volume: undefined, claim: undefined },
  ...changes,
});

/** One volume and nothing else, unless told otherwise. */
export const wanted = (changes: Partial<Wanted> = {}): Wanted => ({
  volumes: [wantedVolume()],
  others: [],
  sourceClusterUid: 'uid-of-cluster-1',
  existing: 'verify',
  claimRef: 'reserve',
  ...changes,
});

/** A target with everything that a volume needs, and no volume. */
export const targetFacts = (changes: Partial<TargetFacts> = {}): TargetFacts => ({
  site: { name: 'cluster-2', context: 'cluster-2', kubectl: 'kubectl --context cluster-2' },
  clusterUid: known('uid-of-cluster-2'),
  namespaces: known([namespace('shop')]),
  storageClasses: known([storageClass()]),
  replicationClasses: known([]),
  groupReplicationClasses: known([]),
  unservedKinds: new Set<string>(),
  volumes: [],
  claims: [],
  drivers: known(new Set([driver])),
  nodes: known([]),
  quotas: known([]),
  others: new Map(),
  ...changes,
});
