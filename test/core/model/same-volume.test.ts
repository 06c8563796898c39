import { describe, expect, it } from 'vitest';
import { readCephHandle } from '../../../core/model/ceph-handle.ts';
import { volumeIdentityKey } from '../../../core/model/persistent-volume.ts';
import { compareVolumes, type Sameness, type SeenVolume } from '../../../core/model/same-volume.ts';
import { image, uuid } from '../status/objects.ts';

const rook = 'rook-ceph.rbd.csi.ceph.com';
const openshift = 'openshift-storage.rbd.csi.ceph.com';
const array = 'csi.array.example';

const volume = (driver: string, volumeHandle: string, destination?: string): SeenVolume => ({
  driver,
  volumeHandle,
  ...(destination === undefined ? {} : { destination }),
});

describe('two volumes', () => {
  const cases: readonly (readonly [string, SeenVolume, SeenVolume, Sameness])[] = [
    ['with one driver and handle', volume(array, 'lun-1'), volume(array, 'lun-1'), 'same'],
    ['that are one image', volume(rook, image('a')), volume(rook, image('a')), 'same'],
    [
      'that are one image of two pool ids',
      volume(rook, image('a')),
      volume(rook, image('a', '0000000000000009')),
      'same',
    ],
    [
      'that are one image of two cluster ids',
      volume(rook, image('a')),
      volume(rook, `0001-0024-${uuid('c')}-0000000000000002-${uuid('a')}`),
      'same',
    ],
    [
      'that are one image, with a driver of another name',
      volume(rook, image('a')),
      volume(openshift, image('a')),
      'same',
    ],
    ['that are two images', volume(rook, image('a')), volume(rook, image('b')), 'other'],
    [
      'of an rbd image and a file system',
      volume(rook, image('a')),
      volume('rook-ceph.cephfs.csi.ceph.com', image('a')),
      'other',
    ],
    ['of which one was made by hand', volume(rook, image('a')), volume(rook, 'db'), 'maybe'],
    ['whose driver names them in its own way', volume(array, 'lun-1'), volume(array, 'lun-2'), 'maybe'],
    ['of which one tells of the other', volume(array, 'lun-1', 'lun-2'), volume(array, 'lun-2'), 'same'],
    ['of which one is told of by the other', volume(array, 'lun-1'), volume(array, 'lun-2', 'lun-1'), 'same'],
    ['of two drivers', volume(array, 'lun-1'), volume(rook, image('a')), 'other'],
    [
      'of one handle, and drivers of two names',
      volume(array, 'lun-1'),
      volume(`west.${array}`, 'lun-1'),
      'maybe',
    ],
  ];

  it.each(cases)('%s', (_, a, b, sameness) => {
    expect([compareVolumes(a, b), compareVolumes(b, a)]).toEqual([sameness, sameness]);
  });

  it.each(cases)('%s: found by one key only where they are the same', (_, a, b, sameness) => {
    if (volumeIdentityKey(a) === volumeIdentityKey(b)) expect(sameness).toBe('same');
  });
});

describe('a handle of ceph-csi', () => {
  it('tells its cluster, its pool and its image', () => {
    expect(readCephHandle(image('a'))).toEqual({
      clusterId: 'rook-ceph',
      poolId: '0000000000000002',
      uuid: uuid('a'),
    });
  });

  it('can have a cluster id with dashes in it', () => {
    expect(readCephHandle(`0001-0024-${uuid('c')}-0000000000000002-${uuid('a')}`)).toMatchObject({
      clusterId: uuid('c'),
    });
  });

  it.each([
    '',
    'db',
    '0001-0009-rook',
    `0001-00ff-rook-ceph-0000000000000002-${uuid('a')}`,
    `${image('a')}0`,
  ])('is not %j', (text) => {
    expect(readCephHandle(text)).toBeUndefined();
  });
});
