import { describe, expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { pairVolumes } from '../../../core/restore/pair-volumes.ts';
import { pv, pvc } from './objects.ts';

const ofClaim = (uid: string, name = 'db') => ({ claimRef: { namespace: 'shop', name, uid } });

describe('the PV of a claim', () => {
  test.each<[string, PersistentVolumeClaim, PersistentVolume[], string]>([
    ['is the one that it names', pvc(), [pv(), pv('web')], 'pv-db'],
    ['is the one that is reserved for it', pvc('db', { volumeName: undefined }), [pv()], 'pv-db'],
    ['may have lost its claimRef', pvc(), [pv('db', { claimRef: undefined })], 'pv-db'],
    [
      'is not one that an older claim of its name released',
      pvc('db', {}, { uid: 'new' }),
      [pv('db', ofClaim('new')), pv('old', ofClaim('gone'))],
      'pv-db',
    ],
  ])('%s', (_, claim, volumes, name) => {
    const { pairs, conflicts } = pairVolumes([claim], volumes);
    expect(pairs.map(({ volume }) => volume.metadata.name)).toEqual([name]);
    expect(conflicts).toEqual([]);
  });

  test.each<[string, PersistentVolumeClaim[], PersistentVolume[], RegExp]>([
    ['is not in the source', [pvc()], [], /its PV pv-db is not in the source/],
    [
      'is not known at all',
      [pvc('db', { volumeName: undefined })],
      [pv('web')],
      /it has no PV in the source/,
    ],
    [
      'is one of two: the sign of a past split brain',
      [pvc()],
      [pv(), pv('old', { claimRef: { namespace: 'shop', name: 'db' } })],
      /several PVs of the source are for it: pv-db, pv-old/,
    ],
    [
      'is the one of another claim',
      [pvc('db', { volumeName: 'pv-web' })],
      [pv('web')],
      /it names PV pv-web, which the source has for claim shop\/web/,
    ],
    [
      'is named by another claim, too',
      [pvc('db'), pvc('web', { volumeName: 'pv-db' })],
      [pv('db', { claimRef: undefined })],
      /it names PV pv-db, which the source has for claim shop\/db/,
    ],
  ])('%s', (_, claims, volumes, said) => {
    const { conflicts } = pairVolumes(claims, volumes);
    expect(conflicts.map(({ fact }) => fact)).toEqual([expect.stringMatching(said)]);
  });

  test('without a claim it is left out', () => {
    expect(pairVolumes([], [pv()]).leftOut).toEqual([
      {
        object: { kind: 'PersistentVolume', namespace: undefined, name: 'pv-db' },
        why: 'its claim is not restored',
      },
    ]);
  });
});
