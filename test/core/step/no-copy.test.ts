import { describe, expect, test } from 'vitest';
import type { PersistentVolumeClaim, VolumeIdentity } from '../../../core/model/persistent-volume.ts';
import { known } from '../../../core/model/reading.ts';
import { decidePromote } from '../../../core/step/decide-promote.ts';
import { image, pv, pvc } from '../status/objects.ts';
import { dark, kept, now, stepFacts, vr } from './pair.ts';

const claimOf = (uid: string, volumeName: string): PersistentVolumeClaim => {
  const claim = pvc('db', volumeName);
  return { ...claim, metadata: { ...claim.metadata, uid } };
};

const codes = (...sides: Parameters<typeof stepFacts>): string[] => {
  const decision = decidePromote(stepFacts(...sides), { now });
  return decision.kind === 'refuse' ? decision.obstacles.map(({ code }) => code) : [decision.kind];
};

const empty = { claims: known([claimOf('uid-2', 'pvc-uid-2')]), volumes: known([kept('pvc-uid-2')]) };
const restored = { claims: known([claimOf('uid-2', 'pvc-uid-1')]), volumes: known([kept('pvc-uid-1')]) };

describe('a promote of a volume that was never a copy', () => {
  test('is refused where the other site protects another volume of the name, though this one is primary', () => {
    const here = { replications: known([vr()]), volumes: known([pv('pv-db', image('e'))]) };
    const there = { replications: known([vr()]), volumes: known([pv('pv-db', image('a'))]) };
    expect(codes(here, there)).toEqual(['DR115']);
  });

  test('is refused where the other site is silent, and the volume was made here and never replicated', () => {
    expect(codes(empty, dark)).toEqual(['DR115']);
  });

  test('leads to the backup that tells whether it is the copy', () => {
    const decision = decidePromote(stepFacts(empty, dark), { now });
    const next = 'kubectl dr failover db -n shop --context east --from DIR';
    expect(decision).toMatchObject({ obstacles: [{ next }] });
  });

  test('is asked for where a backup of the other site names this very volume, and for no other volume', () => {
    const facts = stepFacts(empty, dark);
    const own = pv('pvc-uid-2').spec?.csi as VolumeIdentity;
    const other = { ...own, volumeHandle: `${own.volumeHandle}-other` };
    expect(decidePromote(facts, { now, backedUpAs: own })).not.toMatchObject({
      obstacles: [{ code: 'DR115' }],
    });
    expect(decidePromote(facts, { now, backedUpAs: other })).toMatchObject({
      obstacles: [{ code: 'DR115' }],
    });
  });

  test('is asked for where it was restored here', () => {
    expect(codes(restored, dark)).not.toContain('DR115');
  });

  test('is asked for where it was made here, and was a replica since', () => {
    const replica = vr({ wants: 'secondary', state: 'Secondary', sets: ['resyncing'] });
    expect(codes({ ...empty, replications: known([replica]) }, dark)).not.toContain('DR115');
  });
});
