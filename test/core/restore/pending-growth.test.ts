import { describe, expect, test } from 'vitest';
import { nextInMove, nextInRestore } from '../../../core/restore/conflict-next.ts';
import { growthWarnings, pendingGrowth } from '../../../core/restore/pending-growth.ts';
import { planRestore } from '../../../core/restore/plan-restore.ts';
import { viewTarget } from '../../../core/restore/target.ts';
import { pv, pvc, targetFacts, wanted, wantedVolume } from './objects.ts';

const asking = (storage: string | undefined, has: string | undefined = '10Gi') =>
  wantedVolume('db', {
    claim: pvc('db', { resources: storage === undefined ? {} : { requests: { storage } } }),
    volume: pv('db', { capacity: has === '' ? {} : { storage: has } }),
  });

describe('a claim that was asked to grow', () => {
  test.each<[string, string | undefined, string | undefined, object | undefined]>([
    ['asks for more than its PV has', '11Gi', '10Gi', { wants: '11Gi', has: '10Gi' }],
    ['by one byte', '1025', '1Ki', { wants: '1025', has: '1Ki' }],
    ['has what it asks for', '10Gi', '10240Mi', undefined],
    ['has more', '1Gi', '10Gi', undefined],
    ['asks for nothing that can be read', 'much', '10Gi', undefined],
    ['asks for nothing at all', undefined, '10Gi', undefined],
    ['has a PV of no size', '1Gi', '', undefined],
  ])('%s', (_, wants, has, growth) => {
    expect(pendingGrowth(asking(wants, has))).toEqual(growth);
  });

  test('is brought with its request as it is, and told', () => {
    const { conflicts, warnings, volumes } = planRestore(
      wanted({ volumes: [asking('11Gi')] }),
      viewTarget(targetFacts({})),
    );
    expect(conflicts).toEqual([]);
    expect(warnings).toEqual([
      'DR414: PersistentVolumeClaim shop/db asks for 11Gi and PV pv-db has 10Gi: the resize goes on on cluster-2 once the volume is primary there',
    ]);
    expect(volumes[0]).toMatchObject({
      volume: { object: { spec: { capacity: { storage: '10Gi' }, claimRef: { name: 'db' } } } },
      claim: { action: 'create', object: { spec: { resources: { requests: { storage: '11Gi' } } } } },
    });
  });

  test('is no warning where it is a conflict', () => {
    expect(growthWarnings({ volumes: [asking('11Gi')], claimRef: 'remove' }, 'cluster-2')).toEqual([]);
  });
});

describe('the way out of a conflict', () => {
  const [misfit] = planRestore(
    wanted({ volumes: [wantedVolume('db', { claim: pvc('db', { volumeMode: 'Block' }) })] }),
    viewTarget(targetFacts({})),
  ).conflicts;
  const taken = {
    next: 'look at it',
    flags: { words: '--map-namespace shop=OTHER', servesMove: false },
  };

  test('of a restore has its flags', () => {
    expect(misfit && nextInRestore(misfit)).toBe(
      'correct the claim or the PV in the source; or give --transform FILE',
    );
    expect(nextInRestore(taken)).toBe('look at it; or give --map-namespace shop=OTHER');
    expect(nextInRestore({ next: 'look at it' })).toBe('look at it');
  });

  test('of a procedure is a restore that comes first, where that serves it', () => {
    const site = { kubectl: "kubectl --context 'dr site'" };
    expect(misfit && nextInMove(misfit, site)).toBe(
      "correct the claim or the PV in the source; or bring it there first, from a backup: kubectl dr restore BACKUP --to 'dr site' --transform FILE",
    );
    expect(nextInMove(taken, site)).toBe('look at it');
  });
});
