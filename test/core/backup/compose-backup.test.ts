import { describe, expect, test } from 'vitest';
import { type BackupFacts, composeBackup } from '../../../core/backup/compose-backup.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import { claim, group, named, replication, site, volume } from './site-objects.ts';

const facts: BackupFacts = {
  objects: site({
    claims: [claim('db'), claim('member'), claim('old', { spec: { storageClassName: undefined } })],
    volumes: [volume('db'), volume('member'), volume('old', { storageClassName: 'legacy' })],
    replications: [
      replication('vr-db', { claimName: 'db' }),
      replication('rival', { claimName: 'db' }),
      replication('of-group', { claimName: 'nothing' }),
    ],
    groups: [group('all', ['member'])],
  }),
  context: {
    storageClasses: known([named('rbd'), named('legacy'), named('other')]),
    groupClasses: known([named('group-fast'), named('group-slow')]),
    namespaces: known([named('shop'), named('kube-system')]),
  },
  workloadsIn: undefined,
};

const wanted = { namespace: 'shop', claims: ['db', 'member', 'old'], replications: [], labelled: undefined };

const shown = (of: BackupFacts) =>
  composeBackup(of, wanted).objects.map(
    ({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`,
  );

describe('what goes along with volumes', () => {
  test('what they need, once each, in the order in which it can be created, with the kind that lists leave out', () => {
    expect(shown(facts)).toEqual([
      'v1 Namespace shop',
      'storage.k8s.io/v1 StorageClass legacy',
      'storage.k8s.io/v1 StorageClass rbd',
      'replication.storage.openshift.io/v1alpha1 VolumeGroupReplicationClass group-fast',
      'replication.storage.openshift.io/v1alpha1 VolumeReplicationClass fast',
      'v1 PersistentVolume pv-db',
      'v1 PersistentVolume pv-member',
      'v1 PersistentVolume pv-old',
      'v1 PersistentVolumeClaim db',
      'v1 PersistentVolumeClaim member',
      'v1 PersistentVolumeClaim old',
      'replication.storage.openshift.io/v1alpha1 VolumeGroupReplication all',
      'replication.storage.openshift.io/v1alpha1 VolumeReplication vr-db',
    ]);
  });

  test('the index tells what both sites share of a volume, and what is known of its replication', () => {
    expect(composeBackup(facts, wanted).volumes).toEqual([
      {
        namespace: 'shop',
        persistentVolumeClaim: 'db',
        claimUid: 'uid-shop-db',
        persistentVolume: 'pv-db',
        driver: 'rbd.csi.ceph.com',
        volumeHandle: 'handle-db',
        destinationVolumeHandle: null,
        storageClass: 'rbd',
        replication: { kind: 'VolumeReplication', name: 'vr-db', class: 'fast', state: 'Primary' },
        lastSyncTime: '2026-11-25T14:00:00Z',
      },
      expect.objectContaining({
        persistentVolumeClaim: 'member',
        replication: { kind: 'VolumeGroupReplication', name: 'all', class: 'fast', state: 'Primary' },
        lastSyncTime: null,
      }),
      expect.objectContaining({ persistentVolumeClaim: 'old', storageClass: 'legacy', replication: null }),
    ]);
  });

  test('objects come as the API answered them, apart from their kind', () => {
    const [volumes] = [
      composeBackup(facts, wanted).objects.filter(({ kind }) => kind === 'PersistentVolume'),
    ];
    expect(volumes[0]).toEqual({ apiVersion: 'v1', kind: 'PersistentVolume', ...volume('db') });
  });

  test('what cannot be read, or is not there, is missing by name', () => {
    const poor: BackupFacts = {
      ...facts,
      context: {
        storageClasses: unknown('storageclasses is forbidden'),
        groupClasses: known([]),
        namespaces: unknown('namespaces "shop" is forbidden'),
      },
    };
    expect(composeBackup(poor, wanted).missing).toEqual([
      { kind: 'Namespace', namespace: null, name: 'shop', why: 'namespaces "shop" is forbidden' },
      { kind: 'StorageClass', namespace: null, name: 'legacy', why: 'storageclasses is forbidden' },
      { kind: 'StorageClass', namespace: null, name: 'rbd', why: 'storageclasses is forbidden' },
      { kind: 'VolumeGroupReplicationClass', namespace: null, name: 'group-fast', why: 'it does not exist' },
    ]);
  });

  test('a class that is not there is told and not missed: the volumes bind by its name alone', () => {
    const withoutLegacy: BackupFacts = {
      ...facts,
      context: { ...facts.context, storageClasses: known([named('rbd')]) },
    };
    const { missing, warnings } = composeBackup(withoutLegacy, wanted);
    expect({ missing, warnings }).toEqual({
      missing: [],
      warnings: ['StorageClass legacy, which claims name, does not exist and is not in the backup'],
    });
  });
});
