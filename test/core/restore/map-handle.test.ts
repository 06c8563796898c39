import { describe, expect, test } from 'vitest';
import { handleThere, sourceHandleAnnotation } from '../../../core/model/handle-there.ts';
import { compareVolumes } from '../../../core/model/same-volume.ts';
import { identityKeysOf } from '../../../core/protection/keys-of-volume.ts';
import { type HandleSources, mapHandle, withHandleOfTarget } from '../../../core/restore/map-handle.ts';
import { driver, pv } from './objects.ts';

const nothingTold: HandleSources = { map: [], told: undefined, there: undefined };

const csi = (volumeHandle: string) => ({ csi: { driver, volumeHandle } });
const recorded = (handle: string) => ({ annotations: { [sourceHandleAnnotation]: handle } });

describe('a map of handles', () => {
  const map = [
    { from: 'pool-2-a', to: 'special' },
    { from: 'pool-2-*', to: 'pool-3-*' },
  ];

  test.each([
    ['takes the first entry that fits', 'pool-2-a', 'special'],
    ['keeps what the star stands for', 'pool-2-b', 'pool-3-b'],
    ['keeps nothing where nothing is left', 'pool-2-', 'pool-3-'],
    ['says nothing of other handles', 'pool-4-b', undefined],
  ])('%s', (_, handle, expected) => {
    expect(mapHandle(map, handle)).toBe(expected);
  });
});

describe('a PV on the target has the handle that', () => {
  test.each<[string, Partial<HandleSources>, object, string, string | undefined]>([
    ['it had, where nothing tells another', {}, {}, 'handle-db', undefined],
    [
      'a person names, whatever the driver says',
      { map: [{ from: 'handle-db', to: 'mine' }], told: 'told' },
      {},
      'mine',
      'handle-db',
    ],
    ['the driver tells', { told: 'told' }, {}, 'told', 'handle-db'],
    ['the driver tells to be the same', { told: 'handle-db' }, {}, 'handle-db', undefined],
    ['it came from, on the way back', {}, recorded('home'), 'home', 'handle-db'],
    [
      'an earlier restore gave it',
      { there: pv('db', csi('h3'), recorded('handle-db')) },
      {},
      'h3',
      'handle-db',
    ],
    [
      'it had, where another restore made that PV',
      { there: pv('db', csi('h3'), recorded('x')) },
      {},
      'handle-db',
      undefined,
    ],
    ['it had, where nobody restored that PV', { there: pv('db', csi('h3')) }, {}, 'handle-db', undefined],
  ])('%s', (_, sources, metadata, handle, source) => {
    const volume = withHandleOfTarget(pv('db', {}, metadata), { ...nothingTold, ...sources });
    expect(volume.spec?.csi?.volumeHandle).toBe(handle);
    expect(volume.metadata.annotations?.[sourceHandleAnnotation]).toBe(source);
  });

  test('is left alone without a CSI source', () => {
    const volume = pv('db', { csi: undefined });
    expect(withHandleOfTarget(volume, { ...nothingTold, told: 'told' })).toBe(volume);
  });
});

describe('two volumes under two handles', () => {
  const here = pv('db', csi('h1'));
  const there = pv('db', csi('h2'), recorded('h1'));

  test('are one where a restore wrote that down, seen from either side', () => {
    const seen = (volume: typeof here) => ({
      driver,
      volumeHandle: volume.spec?.csi?.volumeHandle ?? '',
      destination: handleThere(volume, undefined),
    });
    expect(compareVolumes(seen(here), seen(there))).toBe('same');
    expect(compareVolumes(seen(there), seen(here))).toBe('same');
  });

  test('are found by both', () => {
    expect(identityKeysOf(there)).toEqual([`${driver}/h2`, `${driver}/h1`]);
    expect(identityKeysOf(here)).toEqual([`${driver}/h1`]);
    expect(identityKeysOf(pv('db', { csi: undefined }, recorded('h1')))).toEqual([]);
  });

  test('stay two where both name images of ceph-csi, whatever somebody wrote down', () => {
    const image = (digit: string) =>
      `0001-0009-rook-ceph-0000000000000002-${digit.repeat(8)}-0000-4000-8000-000000000000`;
    const forged = pv('db', csi(image('b')), recorded(image('a')));
    const seen = { driver, volumeHandle: image('b'), destination: image('a') };
    expect(compareVolumes({ driver, volumeHandle: image('a') }, seen)).toBe('other');
    expect(identityKeysOf(forged)).toHaveLength(1);
  });

  test('are what the driver tells before what was written down', () => {
    expect(handleThere(there, { status: { destinationVolumeID: 'told' } })).toBe('told');
    expect(handleThere(undefined, undefined)).toBeUndefined();
  });
});
