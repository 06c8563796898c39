import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import { stepsOf } from '../../../core/restore/plan.ts';
import { planRestore } from '../../../core/restore/plan-restore.ts';
import { type TargetFacts, viewTarget } from '../../../core/restore/target.ts';
import type { Wanted } from '../../../core/restore/wanted.ts';
import {
  boundPv,
  boundPvc,
  namespace,
  pv,
  pvc,
  storageClass,
  targetFacts,
  wanted,
  wantedVolume,
} from './objects.ts';

const conflictsOf = (want: Partial<Wanted>, target: Partial<TargetFacts>): string[] =>
  planRestore(wanted(want), viewTarget(targetFacts(target))).conflicts.map(
    ({ object, fact }) => `${object.kind} ${object.name}: ${fact}`,
  );

const replicationClass = (spec: object) => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplicationClass',
  metadata: { name: 'fast' },
  spec,
});

const quota = (hard: Record<string, string>, more: object = {}) => ({
  kind: 'ResourceQuota',
  metadata: { namespace: 'shop', name: 'limits' },
  spec: { hard },
  ...more,
});

const imageHandle = (pool: number, digit: string): string =>
  `0001-0009-rook-ceph-000000000000000${pool}-${digit.repeat(8)}-0000-4000-8000-000000000000`;

const deleted = { deletionTimestamp: '2026-11-25T08:00:00Z' };

describe('a restore stands against', () => {
  test.each<[string, Partial<Wanted>, Partial<TargetFacts>, RegExp]>([
    [
      'a PV of that name with another handle',
      {},
      { volumes: [pv('db', { csi: { driver: 'rbd.csi.ceph.com', volumeHandle: 'other' } })] },
      /^PersistentVolume pv-db: cluster-2 has a PV of this name for volume rbd.csi.ceph.com\/other/,
    ],
    [
      'a handle of another image',
      {
        volumes: [
          wantedVolume('db', {
            volume: pv(
              'db',
              { csi: { driver: 'rbd.csi.ceph.com', volumeHandle: imageHandle(3, 'b') } },
              { annotations: { 'kubectl-dr.dev/source-volume-handle': imageHandle(2, 'a') } },
            ),
          }),
        ],
      },
      {},
      /names another image than 0001-0009-rook-ceph-0000000000000002-/,
    ],
    [
      'a PV of that name without a CSI source',
      {},
      { volumes: [pv('db', { csi: undefined })] },
      /a volume without a CSI source/,
    ],
    [
      'the same volume under another name',
      {},
      { volumes: [pv('db', { claimRef: undefined }, { name: 'static-db' })] },
      /has volume handle-db as PV static-db already/,
    ],
    [
      'a PV that is bound to another claim',
      {},
      {
        volumes: [
          {
            ...pv('db', { claimRef: { namespace: 'shop', name: 'other', uid: 'u' } }),
            status: { phase: 'Bound' },
          },
        ],
      },
      /it is bound to claim shop\/other on cluster-2/,
    ],
    [
      'a PV that is reserved for another claim',
      {},
      { volumes: [pv('db', { claimRef: { namespace: 'drill', name: 'db' } })] },
      /it is reserved for claim drill\/db/,
    ],
    [
      'a PV that was released',
      {},
      { volumes: [{ ...boundPv(), status: { phase: 'Released' } }] },
      /it is Released/,
    ],
    ['a PV that failed', {}, { volumes: [{ ...pv(), status: { phase: 'Failed' } }] }, /it is Failed/],
    ['a PV that is being deleted', {}, { volumes: [pv('db', {}, deleted)] }, /it is being deleted/],
    [
      'a PV with the claimRef of a claim that is gone',
      {},
      { volumes: [boundPv()] },
      /holds the claimRef of a claim shop\/db that is not there/,
    ],
    [
      'a claim that is bound to another volume',
      {},
      { claims: [boundPvc('db', { volumeName: 'pv-x' })] },
      /^PersistentVolumeClaim db: it is bound to PV pv-x on cluster-2, and is to be bound to PV pv-db/,
    ],
    [
      'a claim that waits for another volume',
      {},
      { claims: [pvc('db', { volumeName: 'pv-x' })] },
      /it waits for PV pv-x/,
    ],
    [
      'a claim that waits for a new volume',
      {},
      { claims: [pvc('db', { volumeName: undefined })] },
      /it waits for a new volume, which would be empty/,
    ],
    ['a claim that is lost', {}, { claims: [{ ...pvc(), status: { phase: 'Lost' } }] }, /it is Lost/],
    ['a claim that is being deleted', {}, { claims: [boundPvc('db', {}, deleted)] }, /it is being deleted/],
    [
      'another PV that is reserved for the claim',
      {},
      { volumes: [pv('db', { csi: { driver: 'x', volumeHandle: 'y' } }, { name: 'pv-other' })] },
      /PV pv-other of cluster-2 is reserved for it, too/,
    ],
    [
      'a PV without a CSI source',
      { volumes: [wantedVolume('db', { volume: pv('db', { csi: undefined }) })] },
      {},
      /it has no CSI source/,
    ],
    [
      'a claim larger than its PV, where that is left open',
      {
        claimRef: 'remove',
        volumes: [wantedVolume('db', { claim: pvc('db', { resources: { requests: { storage: '11Gi' } } }) })],
      },
      {},
      /it asks for 11Gi and the PV has 10Gi/,
    ],
    [
      'an access mode that the PV does not have',
      { volumes: [wantedVolume('db', { claim: pvc('db', { accessModes: ['ReadWriteMany'] }) })] },
      {},
      /access mode ReadWriteMany/,
    ],
    [
      'another volume mode',
      { volumes: [wantedVolume('db', { claim: pvc('db', { volumeMode: 'Block' }) })] },
      {},
      /its volumeMode is Block and the PV's is Filesystem/,
    ],
    [
      'a PV that is there, and has other access modes',
      {
        volumes: [
          wantedVolume('db', {
            claim: pvc('db', { accessModes: ['ReadOnlyMany'] }),
            volume: pv('db', { accessModes: ['ReadOnlyMany'] }),
          }),
        ],
      },
      { volumes: [pv('db', { accessModes: ['ReadWriteOnce'] })] },
      /it asks for access mode ReadOnlyMany, which the PV does not have/,
    ],
    [
      'another class than the PV has',
      { volumes: [wantedVolume('db', { claim: pvc('db', { storageClassName: 'silver' }) })] },
      { storageClasses: known([storageClass(), storageClass('silver')]) },
      /its class is "silver" and the PV's is "gold"/,
    ],
    [
      'a class that nobody has',
      {},
      { storageClasses: known([]) },
      /its StorageClass gold is neither on cluster-2 nor/,
    ],
    [
      'a driver that is not registered',
      {},
      { drivers: known(new Set(['nfs'])) },
      /its driver rbd.csi.ceph.com is not registered/,
    ],
    [
      'a namespace that is being deleted',
      {},
      { namespaces: known([namespace('shop', deleted)]) },
      /^Namespace shop: it is being deleted/,
    ],
    [
      'a StorageClass of another provisioner',
      { others: [{ stage: 'class', object: storageClass('gold', { provisioner: 'nfs' }) }] },
      {},
      /^StorageClass gold: on cluster-2 its provisioner is rbd.csi.ceph.com, and in the source nfs/,
    ],
    [
      'a replication class of another provisioner',
      { others: [{ stage: 'class', object: replicationClass({ provisioner: 'a' }) }] },
      { replicationClasses: known([replicationClass({ provisioner: 'b' })]) },
      /^VolumeReplicationClass fast: on cluster-2 its provisioner is b, and in the source a/,
    ],
    [
      'a number of claims beyond the quota',
      {},
      {
        quotas: known([
          quota({ persistentvolumeclaims: '3' }, { status: { used: { persistentvolumeclaims: '3' } } }),
        ]),
      },
      /^ResourceQuota limits: persistentvolumeclaims is limited to 3 .* 3 are used/,
    ],
    [
      'a size beyond the quota',
      {},
      { quotas: known([quota({ 'requests.storage': '9Gi' })]) },
      /requests.storage is limited to 9Gi/,
    ],
    [
      'a size beyond the quota of the class',
      {},
      { quotas: known([quota({ 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi' })]) },
      /gold.storageclass.storage.k8s.io\/requests.storage is limited to 1Gi/,
    ],
    [
      'the cluster that the backup was taken from',
      { sourceClusterUid: 'same' },
      { clusterUid: known('same') },
      /^Namespace kube-system: cluster-2: this is the site that the backup was taken from/,
    ],
    [
      'the very claim of the dump',
      { volumes: [wantedVolume('db', { sourceUids: { volume: undefined, claim: 'uid-db' } })] },
      { volumes: [boundPv()], claims: [boundPvc()] },
      /^PersistentVolumeClaim db: this is the site that the backup was taken from/,
    ],
    [
      'a PV that is there, where nothing may be',
      { existing: 'fail' },
      { volumes: [pv()] },
      /^PersistentVolume pv-db: it exists on cluster-2, and --existing=fail/,
    ],
    [
      'two claims that become one',
      { volumes: [wantedVolume('db'), wantedVolume('db', { volume: pv('old') })] },
      {},
      /^PersistentVolumeClaim db: 2 claims of the source would be this one/,
    ],
    [
      'two PVs that are one volume',
      {
        volumes: [
          wantedVolume('db'),
          wantedVolume('web', {
            volume: pv('web', { csi: { driver: 'rbd.csi.ceph.com', volumeHandle: 'handle-db' } }),
          }),
        ],
      },
      {},
      /the source has volume rbd.csi.ceph.com\/handle-db under several names: pv-db, pv-web/,
    ],
  ])('%s', (_, want, target, said) => {
    const found = conflictsOf(want, target);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(said);
  });

  test('the wrong cluster alone, whatever else there is', () => {
    const found = conflictsOf(
      { sourceClusterUid: 'same' },
      { clusterUid: known('same'), storageClasses: known([]), drivers: known(new Set()) },
    );
    expect(found).toHaveLength(1);
  });

  test('all of it at once, each with a next step', () => {
    const { conflicts, ...steps } = planRestore(
      wanted({ volumes: [wantedVolume('db'), wantedVolume('web'), wantedVolume('log')] }),
      viewTarget(
        targetFacts({
          volumes: [pv('db', { csi: { driver: 'x', volumeHandle: 'y' } })],
          claims: [boundPvc('web', { volumeName: 'pv-x' })],
          drivers: known(new Set()),
        }),
      ),
    );
    expect(conflicts).toHaveLength(5);
    expect(conflicts.every(({ next }) => next.length > 0)).toBe(true);
    expect(stepsOf({ conflicts, ...steps })).toEqual([]);
  });
});

describe('nothing stands against', () => {
  test.each<[string, Partial<Wanted>, Partial<TargetFacts>]>([
    ['an empty target', {}, {}],
    ['a pair that is bound already', {}, { volumes: [boundPv()], claims: [boundPvc()] }],
    [
      'a claim that asks for more than the PV that is reserved for it',
      {
        volumes: [wantedVolume('db', { claim: pvc('db', { resources: { requests: { storage: '11Gi' } } }) })],
      },
      {},
    ],
    [
      'a claim that is bound already to a PV that it would not have got',
      {
        volumes: [
          wantedVolume('db', { claim: pvc('db', { volumeMode: 'Block', storageClassName: 'none' }) }),
        ],
      },
      { volumes: [boundPv()], claims: [boundPvc()] },
    ],
    ['a PV that is reserved for the claim', {}, { volumes: [pv()] }],
    ['an open PV of the same volume', {}, { volumes: [pv('db', { claimRef: undefined })] }],
    ['a claim that waits for the volume', {}, { claims: [pvc()] }],
    ['drivers that cannot be read', {}, { drivers: unknown('forbidden') }],
    ['quotas that cannot be read', {}, { quotas: unknown('forbidden') }],
    ['classes that cannot be read', {}, { storageClasses: unknown('forbidden') }],
    ['namespaces that cannot be read', {}, { namespaces: unknown('forbidden') }],
    [
      'a class that the source brings',
      { others: [{ stage: 'class', object: storageClass() }] },
      { storageClasses: known([]) },
    ],
    [
      'a released PV of an older claim of that name',
      {},
      {
        volumes: [
          {
            ...boundPv('old', { claimRef: { namespace: 'shop', name: 'db', uid: 'gone' } }),
            status: { phase: 'Released' },
          },
        ],
      },
    ],
    [
      'a quota that pods count against',
      {},
      {
        quotas: known([
          quota(
            { persistentvolumeclaims: '0' },
            { spec: { hard: { persistentvolumeclaims: '0' }, scopes: ['BestEffort'] } },
          ),
        ]),
      },
    ],
    [
      'a full quota, where the claim is there already',
      {},
      {
        volumes: [boundPv()],
        claims: [boundPvc()],
        quotas: known([
          quota({ persistentvolumeclaims: '1' }, { status: { used: { persistentvolumeclaims: '1' } } }),
        ]),
      },
    ],
    [
      'namespaces and classes that exist, even where nothing may be',
      {
        existing: 'fail',
        others: [
          { stage: 'namespace', object: namespace('shop') },
          { stage: 'class', object: storageClass() },
        ],
      },
      {},
    ],
  ])('%s', (_, want, target) => {
    expect(conflictsOf(want, target)).toEqual([]);
  });
});
