/** Fields of a review's request that a case differs in. */
export type RequestDraft = Readonly<Record<string, unknown>>;

const spec = {
  volumeReplicationClass: 'rbd',
  replicationState: 'secondary',
  dataSource: { kind: 'PersistentVolumeClaim', name: 'db' },
};

/** A VolumeReplication as an API server sends it. */
export const replication = (replicationState = 'secondary', metadata: object = {}): object => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name: 'db', namespace: 'shop', uid: 'vr-1', ...metadata },
  spec: { ...spec, replicationState },
});

/** A review of `admission.k8s.io/v1`: alice makes a replica primary, where the draft does not say otherwise. */
export const review = (draft: RequestDraft = {}, envelope: object = {}): object => ({
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  request: {
    uid: 'review-1',
    kind: { group: 'replication.storage.openshift.io', version: 'v1alpha1', kind: 'VolumeReplication' },
    resource: {
      group: 'replication.storage.openshift.io',
      version: 'v1alpha1',
      resource: 'volumereplications',
    },
    name: 'db',
    namespace: 'shop',
    operation: 'UPDATE',
    userInfo: { username: 'alice', uid: 'u1', groups: ['admins'], extra: { scopes: ['all'] } },
    dryRun: false,
    object: replication('primary'),
    oldObject: replication('secondary'),
    ...draft,
  },
  ...envelope,
});
