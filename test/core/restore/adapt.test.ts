import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BackupIndex } from '../../../core/backup/backup-index.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { bytesOf } from '../../../core/model/quantity.ts';
import { claimUidsOf } from '../../../core/restore/claim-uids.ts';
import { mapNames } from '../../../core/restore/map-names.ts';
import { mergePatch } from '../../../core/restore/merge-patch.ts';
import { offerVolume } from '../../../core/restore/offer-volume.ts';
import { parkWorkload } from '../../../core/restore/park-workload.ts';
import { rememberReplications } from '../../../core/restore/replication-memory.ts';
import { useTargetClass } from '../../../core/restore/use-target-class.ts';
import { pv, pvc } from './objects.ts';

const emptyIndex: BackupIndex = {
  apiVersion: 'backup.kubectl-dr.dev/v1alpha1',
  kind: 'Backup',
  createdAt: '2026-11-25T08:00:00Z',
  createdBy: 'kubectl dr',
  source: { site: 'cluster-1', clusterUid: null, kubernetesVersion: null },
  missing: [],
  volumes: [],
  files: [],
};

/** As a StorageClass writes it. */
const template = (value: string): string => `\${${value}}`;

const maps = {
  namespaces: new Map([['shop', 'drill']]),
  storageClasses: new Map([['gold', 'silver']]),
  volumeHandles: [],
};

describe('names on the target', () => {
  test.each<[string, KubernetesObject, object]>([
    [
      'a claim moves with its class',
      pvc(),
      { metadata: { namespace: 'drill' }, spec: { storageClassName: 'silver' } },
    ],
    [
      'a PV is for the moved claim',
      pv(),
      { spec: { storageClassName: 'silver', claimRef: { namespace: 'drill', name: 'db' } } },
    ],
    [
      'the old annotation of a class counts',
      pvc('db', {}, { annotations: { 'volume.beta.kubernetes.io/storage-class': 'gold' } }),
      { metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'silver' } } },
    ],
    [
      'a namespace is renamed itself',
      { kind: 'Namespace', metadata: { name: 'shop' } },
      { metadata: { name: 'drill' } },
    ],
    [
      'the templates of a StatefulSet name the class',
      {
        kind: 'StatefulSet',
        metadata: { name: 'db', namespace: 'shop' },
        spec: { volumeClaimTemplates: [pvc()] },
      },
      {
        metadata: { namespace: 'drill' },
        spec: { volumeClaimTemplates: [{ spec: { storageClassName: 'silver' } }] },
      },
    ],
    [
      'what is not mapped stays',
      { kind: 'ConfigMap', metadata: { name: 'shop', namespace: 'other' } },
      { metadata: { name: 'shop', namespace: 'other' } },
    ],
  ])('%s', (_, object, expected) => {
    expect(mapNames(object, maps)).toMatchObject(expected);
  });
});

describe('a PV on the target', () => {
  const parameters = (more: Record<string, string> = {}) => ({
    'csi.storage.k8s.io/node-stage-secret-name': `stage-${template('pvc.name')}`,
    'csi.storage.k8s.io/node-stage-secret-namespace': template('pvc.namespace'),
    ...more,
  });
  const adapt = (spec: object, settings: Record<string, string>, metadata: object = {}) =>
    useTargetClass(settings, { volume: pv('db', spec, metadata), claim: pvc() });
  const csi = (more: object) => ({ csi: { driver: 'd', volumeHandle: 'h', ...more } });

  test.each([
    ['node-stage', 'nodeStageSecretRef'],
    ['node-publish', 'nodePublishSecretRef'],
    ['node-expand', 'nodeExpandSecretRef'],
    ['controller-expand', 'controllerExpandSecretRef'],
    ['controller-publish', 'controllerPublishSecretRef'],
  ])('has the %s secret of the class in %s, and nowhere else', (purpose, field) => {
    const { volume, warnings } = adapt(csi({}), {
      [`csi.storage.k8s.io/${purpose}-secret-name`]: 's',
      [`csi.storage.k8s.io/${purpose}-secret-namespace`]: 'n',
    });
    expect(volume.spec?.csi).toEqual({
      driver: 'd',
      volumeHandle: 'h',
      [field]: { name: 's', namespace: 'n' },
    });
    expect(warnings).toEqual([]);
  });

  test('fills in the templates of a class', () => {
    expect(adapt(csi({}), parameters()).volume.spec?.csi).toMatchObject({
      nodeStageSecretRef: { name: 'stage-db', namespace: 'shop' },
    });
  });

  test('keeps its secret where a template cannot be filled, and says so', () => {
    const old = { nodeStageSecretRef: { name: 'old', namespace: 'old' } };
    const settings = parameters({ 'csi.storage.k8s.io/node-stage-secret-name': template('pvc.uid') });
    const { volume, warnings } = adapt(csi(old), settings);
    expect(volume.spec?.csi).toMatchObject(old);
    expect(warnings).toEqual([`the class of PV pv-db: nothing fills the template "${template('pvc.uid')}"`]);
  });

  test('keeps its secret where the class names none, and says so', () => {
    const { warnings } = adapt(csi({ nodeStageSecretRef: { name: 'old', namespace: 'old' } }), {});
    expect(warnings).toEqual([
      'PV pv-db keeps the node-stage secret of the source site: its class on the target names none',
    ]);
  });

  test('names the storage cluster of the target, and keeps its handle', () => {
    const { volume } = adapt(csi({ volumeAttributes: { clusterID: 'a', pool: 'p' } }), { clusterID: 'b' });
    expect(volume.spec?.csi).toMatchObject({
      volumeHandle: 'h',
      volumeAttributes: { clusterID: 'b', pool: 'p' },
    });
  });

  test('names the secret of the target for its deletion', () => {
    const { volume } = adapt(csi({}), {
      'csi.storage.k8s.io/provisioner-secret-name': 'p',
      'csi.storage.k8s.io/provisioner-secret-namespace': 'rook',
    });
    expect(volume.metadata.annotations).toEqual({
      'volume.kubernetes.io/provisioner-deletion-secret-name': 'p',
      'volume.kubernetes.io/provisioner-deletion-secret-namespace': 'rook',
    });
  });

  test('is reserved for its claim alone, without uid, and retained', () => {
    const volume = pv(
      'db',
      {
        claimRef: { namespace: 'x', name: 'y', uid: 'u', resourceVersion: '1' },
        persistentVolumeReclaimPolicy: 'Delete',
      },
      { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes', kept: 'yes' } },
    );
    const reserved = offerVolume(volume, { namespace: 'shop', name: 'db' }, 'reserve');
    expect(reserved.spec).toMatchObject({
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'db' },
      persistentVolumeReclaimPolicy: 'Retain',
    });
    expect(reserved.spec?.claimRef).not.toHaveProperty('uid');
    expect(reserved.metadata.annotations).toEqual({ kept: 'yes' });
    expect(offerVolume(volume, { namespace: 'shop', name: 'db' }, 'remove').spec).not.toHaveProperty(
      'claimRef',
    );
  });
});

describe('a workload on the target', () => {
  test.each(['Deployment', 'StatefulSet', 'ReplicaSet'])(
    '%s has no replicas, and remembers how many',
    (kind) => {
      const parked = parkWorkload({ kind, metadata: { name: 'w' }, spec: { replicas: 3 } });
      expect(parked).toMatchObject({
        metadata: { annotations: { 'kubectl-dr.dev/replicas': '3' } },
        spec: { replicas: 0 },
      });
      expect(parkWorkload(parked)).toEqual(parked);
    },
  );
  test('one that does not say how many runs one', () => {
    expect(parkWorkload({ kind: 'Deployment', metadata: { name: 'w' }, spec: {} })).toMatchObject({
      metadata: { annotations: { 'kubectl-dr.dev/replicas': '1' } },
    });
  });
  test('what an earlier count says is older than what it has', () => {
    const metadata = { name: 'w', annotations: { 'kubectl-dr.dev/replicas': '9' } };
    const annotation = (replicas: number) =>
      parkWorkload({ kind: 'Deployment', metadata, spec: { replicas } }).metadata.annotations;
    expect(annotation(2)).toEqual({ 'kubectl-dr.dev/replicas': '2' });
    expect(annotation(0)).toEqual({ 'kubectl-dr.dev/replicas': '9' });
  });
});

describe('what is remembered of a replication', () => {
  const replication = {
    metadata: { name: 'vr', namespace: 'shop' },
    spec: {
      volumeReplicationClass: 'read',
      replicationState: 'secondary' as const,
      dataSource: { kind: 'PersistentVolumeClaim', name: 'db' },
    },
    status: { lastSyncTime: '2026-11-25T07:00:00Z' },
  };
  test('comes from the VolumeReplication of plain manifests', () => {
    expect(
      rememberReplications({ index: undefined, replications: [replication] })({
        namespace: 'shop',
        name: 'db',
      }),
    ).toEqual({
      'kubectl-dr.dev/replication-name': 'vr',
      'kubectl-dr.dev/replication-class': 'read',
      'kubectl-dr.dev/last-sync-time': '2026-11-25T07:00:00Z',
    });
  });
  test('is nothing where nobody replicated the claim', () => {
    const remembered = rememberReplications({ index: undefined, replications: [replication] });
    expect(remembered({ namespace: 'other', name: 'db' })).toEqual({});
  });
});

test('quantities are counted as Kubernetes does', () => {
  const counted = ['1Gi', '500M', '1e3', '.5Ki', '100m', '7', 8, 'abc', '', '1constructor'].map(bytesOf);
  expect(counted).toEqual([2 ** 30, 5e8, 1000, 512, 1, 7, 8, undefined, undefined, undefined]);
});

test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [['a', 'b'], ['c'], ['c']],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('a merge patch does what RFC 7386 shows: %j with %j', (target, patch, expected) => {
  expect(mergePatch(target, patch)).toEqual(expected);
});

test('a merge patch applied twice does what it did once', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
    }),
  );
});

describe('a job on the target', () => {
  test.each(['CronJob', 'Job'])('%s is suspended, and marked unless it was so before', (kind) => {
    const metadata = { name: 'nightly' };
    expect(parkWorkload({ kind, metadata, spec: {} })).toMatchObject({
      metadata: { annotations: { 'kubectl-dr.dev/parked': 'true' } },
      spec: { suspend: true },
    });
    const before = { kind, metadata, spec: { suspend: true } };
    expect(parkWorkload(before)).toEqual(before);
  });
});

test('a backup tells the uid that a claim had, so that its own cluster is known again', () => {
  const volume = {
    namespace: 'shop',
    persistentVolumeClaim: 'db',
    claimUid: 'uid-db',
    persistentVolume: 'pv-db',
    driver: 'd',
    volumeHandle: 'h',
    storageClass: null,
    replication: null,
    lastSyncTime: null,
  };
  const uidOf = claimUidsOf({ ...emptyIndex, volumes: [volume] });
  expect([uidOf({ namespace: 'shop', name: 'db' }), uidOf({ namespace: 'x', name: 'db' })]).toEqual([
    'uid-db',
    undefined,
  ]);
});
