import { describe, expect, it } from 'vitest';
import type { PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { sourceOfClaim } from '../../../sandbox/cluster-controllers/volumes/data-source.ts';
import { claim, storageClass, volume } from './volume-objects.ts';

const bound = (parts: Parameters<typeof claim>[1] = {}): PersistentVolumeClaim =>
  claim('parent', { spec: { volumeName: 'pv' }, status: { phase: 'Bound' }, ...parts });

const asking = (spec: object): PersistentVolumeClaim => {
  const own = claim('c');
  return { ...own, spec: { ...own.spec, ...spec } };
};

const parent = { kind: 'PersistentVolumeClaim', name: 'parent' };
const csi = { driver: 'rbd.csi.ceph.com', volumeHandle: 'handle' };

const sourceOf = (
  own: PersistentVolumeClaim,
  source: PersistentVolumeClaim | undefined = bound(),
  driver = csi.driver,
) =>
  sourceOfClaim(own, storageClass(), {
    claim: (name) => (name === 'parent' ? source : undefined),
    volume: (name) =>
      name === 'pv' ? volume('pv', { spec: { ...volume('pv').spec, csi: { ...csi, driver } } }) : undefined,
  });

const prefix = 'error getting handle for DataSource Type PersistentVolumeClaim by Name parent: ';

describe('where the bytes of a new volume come from', () => {
  it('is nowhere where the claim names no source', () => {
    expect(sourceOf(claim('c'))).toBeUndefined();
  });

  it.each([{ dataSource: parent }, { dataSourceRef: parent }, { dataSource: parent, dataSourceRef: parent }])(
    'is the volume of the claim that is named: %j',
    (spec) => {
      expect(sourceOf(asking(spec))).toEqual({ sourceHandle: 'handle' });
    },
  );

  it.each<[string, ReturnType<typeof sourceOf>, string]>([
    [
      'not bound',
      sourceOf(asking({ dataSource: parent }), bound({ status: { phase: 'Pending' } })),
      'the PVC DataSource parent must have a status of Bound.  Got Pending',
    ],
    [
      'going',
      sourceOf(
        asking({ dataSource: parent }),
        bound({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      ),
      'the PVC DataSource parent is currently being deleted',
    ],
    [
      'of another driver',
      sourceOf(asking({ dataSource: parent }), bound(), 'other.example.com'),
      'is handled by a different CSI driver than requested by StorageClass',
    ],
  ])('is none while the claim that is named is %s', (_what, found, why) => {
    expect(found).toEqual({ why: expect.stringContaining(why) });
    expect(found).toEqual({ why: expect.stringContaining(prefix) });
  });

  it('is none where that claim is missing or larger', () => {
    expect(sourceOf(asking({ dataSource: { ...parent, name: 'x' } }))).toEqual({
      why: expect.stringContaining('persistentvolumeclaim "x" not found'),
    });
    const small = asking({ dataSource: parent, resources: { requests: { storage: '1' } } });
    expect(sourceOf(small)).toEqual({ why: expect.stringContaining('greater than or equal in size') });
  });

  it.each([
    [
      'a snapshot, which nothing here serves',
      { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'nightly' },
      '(get volumesnapshots.snapshot.storage.k8s.io nightly)',
    ],
    ['what a populator would fill', { apiGroup: 'x.example.com', kind: 'Dump', name: 'd' }, 'populator'],
  ])('is none of %s', (_what, dataSourceRef, why) => {
    expect(sourceOf(asking({ dataSourceRef }))).toEqual({ why: expect.stringContaining(why) });
  });
});
