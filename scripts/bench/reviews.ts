// AdmissionReviews as an API server sends them, about the volumes of volumes.ts.
import { randomUUID } from 'node:crypto';

type Review = { kind: string; apiVersion: string; request: { uid: string; [field: string]: unknown } };
type Sketch = {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  group: string;
  version: string;
  resource: string;
  kind: string;
  namespace?: string;
  name: string;
  object?: unknown;
  oldObject?: unknown;
};

const review = ({ group, version, resource, kind, ...rest }: Sketch): Review => ({
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  request: {
    uid: randomUUID(),
    kind: { group, version, kind },
    resource: { group, version, resource },
    requestKind: { group, version, kind },
    requestResource: { group, version, resource },
    userInfo: { username: 'bench', groups: ['system:masters', 'system:authenticated'] },
    dryRun: false,
    options: { kind: `${rest.operation}Options`, apiVersion: 'meta.k8s.io/v1' },
    object: null,
    oldObject: null,
    ...rest,
  },
});

/** Fills an object up to about `bytes` with what fills real ones: an annotation and managed fields. */
const metadata = (name: string, bytes: number, more: object = {}): object => ({
  name,
  namespace: 'default',
  uid: randomUUID(),
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
  annotations: { 'example.com/notes': 'n'.repeat(Math.max(0, bytes - 600)) },
  managedFields: [
    {
      manager: 'kubectl',
      operation: 'Update',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': {} },
    },
  ],
  ...more,
});

const replication = (name: string, replicationState: string, bytes: number, claim = name): object => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: metadata(name, bytes),
  spec: {
    volumeReplicationClass: 'bench',
    replicationState,
    autoResync: false,
    dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name: claim },
  },
  status: { state: 'Primary', observedGeneration: 1 },
});

const vr = {
  group: 'replication.storage.openshift.io',
  version: 'v1alpha1',
  resource: 'volumereplications',
  kind: 'VolumeReplication',
  namespace: 'default',
} as const;

/** A demotion that nothing speaks against: allowed. */
export const demotion = (index: number, bytes: number): Review =>
  review({
    ...vr,
    operation: 'UPDATE',
    name: `bench-${index}`,
    object: replication(`bench-${index}`, 'secondary', bytes / 2),
    oldObject: replication(`bench-${index}`, 'primary', bytes / 2),
  });

/** A second VolumeReplication that asks for primary: refused by two rules. */
export const secondPrimary = (index: number, bytes: number): Review =>
  review({
    ...vr,
    operation: 'CREATE',
    name: `second-${index}`,
    object: replication(`second-${index}`, 'primary', bytes, `bench-${index}`),
  });

/** The deletion of a protected claim: refused. */
export const claimDeletion = (index: number, bytes: number): Review =>
  review({
    operation: 'DELETE',
    group: '',
    version: 'v1',
    resource: 'persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    namespace: 'default',
    name: `bench-${index}`,
    oldObject: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: metadata(`bench-${index}`, bytes),
      spec: { volumeName: `bench-${index}`, storageClassName: 'bench' },
      status: { phase: 'Bound' },
    },
  });
