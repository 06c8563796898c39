import type { PersistentVolume } from '../../model/persistent-volume.ts';
import { known } from '../../model/reading.ts';
import type { VolumeReplication } from '../../model/volume-replication.ts';
import type { RepairFacts } from '../repair-facts.ts';
import type { RepairCode } from '../rule-code.ts';

/** A volume as `kubectl get pv -o yaml` showed it on the cluster that is lost. */
const restoredVolume: PersistentVolume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: {
    name: 'pvc-4e8a1c3d',
    annotations: {
      'pv.kubernetes.io/bound-by-controller': 'yes',
      'pv.kubernetes.io/provisioned-by': 'rook-ceph.rbd.csi.ceph.com',
    },
  },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    csi: {
      driver: 'rook-ceph.rbd.csi.ceph.com',
      volumeHandle: '0001-0009-rook-ceph-0000000000000002-4e8a1c3d',
    },
    claimRef: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace: 'shop',
      name: 'db',
      uid: '5ddf9bbc-30e5-4d6d-b50c-2f4a2f0e3a11',
      resourceVersion: '1131',
    },
    persistentVolumeReclaimPolicy: 'Delete',
    storageClassName: 'csi-rbd-sc',
    volumeMode: 'Filesystem',
  },
};

const restored: RepairFacts = { subject: 'volume', volume: restoredVolume, claim: known(undefined) };

/** A primary that nobody has annotated before. */
const primary: VolumeReplication = {
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { namespace: 'shop', name: 'db', generation: 3 },
  spec: {
    volumeReplicationClass: 'rbd-5m',
    replicationState: 'primary',
    autoResync: false,
    dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name: 'db' },
  },
};

/** For each repair an object that it mends, for the documentation. */
export const repairExamples = {
  DR201: restored,
  DR202: restored,
  DR203: {
    subject: 'claim',
    claim: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        namespace: 'shop',
        name: 'db',
        annotations: {
          'pv.kubernetes.io/bind-completed': 'yes',
          'pv.kubernetes.io/bound-by-controller': 'yes',
        },
      },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'csi-rbd-sc', volumeName: 'pvc-4e8a1c3d' },
    },
  },
  DR204: {
    subject: 'demotion',
    before: primary,
    after: { ...primary, spec: { ...primary.spec, replicationState: 'secondary' } },
    note: {
      followed: 'yes',
      at: Date.parse('2026-03-01T12:00:00Z'),
      lastSync: Date.parse('2026-03-01T11:55:00Z'),
    },
  },
  DR205: {
    subject: 'consent',
    before: { ...primary, spec: { ...primary.spec, replicationState: 'secondary' } },
    after: {
      ...primary,
      metadata: {
        ...primary.metadata,
        annotations: {
          'kubectl-dr.dev/consent':
            '{"accepts":["force-promote"],"maxLoss":"15m","by":"alice","expires":"2026-03-01T12:10:00Z"}',
        },
      },
    },
    specChanges: true,
    demotion: undefined,
    now: Date.parse('2026-03-01T12:00:00Z'),
  },
} satisfies Record<RepairCode, RepairFacts>;
