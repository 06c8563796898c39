import { describe, expect, test } from 'vitest';
import { known } from '../../../../core/model/reading.ts';
import { restoreObjects } from '../../../../core/plan/steps/restore-objects.ts';
import { pvc } from '../../status/objects.ts';
import { dark, kept } from '../../step/pair.ts';
import { deployments, workloadOf } from '../../workload/objects.ts';
import { linesBy, type MoveSketch } from '../moves.ts';
import { site } from '../volumes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web', claims: ['db'], mounts: ['db'], size: 2 };
const bringing = { brought: { claims: new Set(['shop/db']), workloads: [web] } };
const bringingClaims = { brought: { claims: new Set(['shop/db']) } };
const otherVolume = {
  claims: known([pvc('db', 'pv-other')]),
  volumes: known([kept('pv-other')]),
};

describe('restoring what the target lacks', () => {
  test.each<[string, MoveSketch, string[]]>([
    ['is over where the claim is bound to the volume of the source', {}, []],
    [
      'brings a claim that is missing',
      { ...bringingClaims, target: { claims: known([]), volumes: known([]) } },
      ['write target PersistentVolumeClaim db: restore'],
    ],
    [
      'brings a claim that is not bound',
      { ...bringingClaims, target: { claims: known([{ ...pvc('db'), status: { phase: 'Pending' } }]) } },
      ['write target PersistentVolumeClaim db: restore'],
    ],
    [
      'does not take a claim that is bound to another volume for it',
      { target: otherVolume },
      ['block target PersistentVolumeClaim db: NotFound'],
    ],
    [
      'takes a bound claim at its word where the source cannot be read',
      { source: dark, target: otherVolume },
      [],
    ],
    [
      'asks for a backup where nothing brings the claim',
      { source: dark, target: { claims: known([]) } },
      ['block target PersistentVolumeClaim db: NotFound'],
    ],
    ['brings workloads that are missing', bringing, ['write target Deployment web: restore']],
    [
      'leaves workloads that are there, whatever their size',
      { ...bringing, targetRuns: [workloadOf(deployments, { replicas: 0 })] },
      [],
    ],
    ['leaves workloads of other volumes', { brought: { workloads: [{ ...web, claims: ['mail'] }] } }, []],
    [
      'waits while the target cannot be read',
      { target: dark },
      [`wait target PersistentVolumeClaim db: west cannot be read: ${dark} (unknown)`],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(restoreObjects, { source: site({ db: 'primary' }), ...sketch })).toEqual(expected);
  });
});
