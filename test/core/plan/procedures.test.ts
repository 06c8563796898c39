// Whole procedures: which step is the active one, and what it does.
import { describe, expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import type { MoveVerb } from '../../../core/plan/move.ts';
import { activeStep, planGroup } from '../../../core/plan/plan-group.ts';
import { procedures } from '../../../core/plan/procedures.ts';
import { dark } from '../step/pair.ts';
import { deployments, workloadOf } from '../workload/objects.ts';
import { factsOf, groupOf, linesOf, type MoveSketch } from './moves.ts';
import { podOn, site, standing } from './volumes.ts';

/** `Demote source: write …`, or `done`. */
const active = (sketch: MoveSketch): string[] => {
  const step = activeStep(planGroup(factsOf(sketch), groupOf(sketch)));
  if (step === undefined) return ['done'];
  return linesOf(step.look).map((line) => `${step.kind.name}: ${line}`);
};

const running = [workloadOf(deployments, { replicas: 2 })];
const stopped = [
  workloadOf(deployments, { replicas: 0 }, { metadata: { annotations: { 'kubectl-dr.dev/replicas': '2' } } }),
];
const ready = [
  workloadOf(deployments, { replicas: 2 }, { status: { observedGeneration: 1, readyReplicas: 2 } }),
];

describe('the steps of', () => {
  test.each<[MoveVerb, string]>([
    [
      'relocate',
      'Restore target, CatchUp source, Stop source, Release source, Demote source, HandOver source, Promote target, Start target, Ready target, Reverse target',
    ],
    ['failover', 'Restore target, HandOver source, Promote target, Start target, Ready target'],
    [
      'failback',
      'Stop target, Release target, Demote target, Restore target, Resync target, CatchUp source, Stop source, Release source, Demote source, HandOver source, Promote target, Start target, Ready target, Reverse target',
    ],
    ['undo', 'Demote source, Promote target, Start target, Ready target'],
  ])('%s come in this order', (verb, expected) => {
    expect(procedures[verb].map(({ name, site: on }) => `${name} ${on}`).join(', ')).toBe(expected);
  });

  test('every procedure can be taken back up to its first promote, and never after it', () => {
    for (const verb of ['relocate', 'failover', 'failback'] as const) {
      const promote = procedures[verb].findIndex(({ name }) => name === 'Promote');
      for (const [index, step] of procedures[verb].entries())
        expect(step.canUndoAfter, `${verb} ${step.name}`).toBe(index < promote);
    }
  });
});

describe('a relocate', () => {
  test.each<[string, MoveSketch, string[]]>([
    [
      'waits before anything else until the target has followed, while the application runs',
      { source: site({ db: 'primary' }), sourceRuns: running },
      [
        'CatchUp: wait source PersistentVolumeClaim db: waits until west has followed east since its promote (sent every 5m)',
      ],
    ],
    [
      'then stops the workloads',
      { source: site({ db: 'followed' }), sourceRuns: running },
      ['Stop: write source Deployment web: stop at 0'],
    ],
    [
      'then waits for pods to go',
      { source: site({ db: 'followed' }, { pods: known([podOn('db')]) }), sourceRuns: stopped },
      ['Release: wait source PersistentVolumeClaim db: waits for pod db-0 to end'],
    ],
    [
      'then demotes',
      { source: site({ db: 'followed' }), sourceRuns: stopped },
      ['Demote: write source PersistentVolumeClaim db: demote'],
    ],
    [
      'then promotes',
      { source: site({ db: 'inSync' }), sourceRuns: stopped },
      ['Promote: write target PersistentVolumeClaim db: promote'],
    ],
    [
      'then starts them with their size',
      {
        source: site({ db: 'inSync' }),
        target: site({ db: 'primary' }),
        sourceRuns: stopped,
        targetRuns: stopped,
      },
      ['Start: write target Deployment web: start at 2'],
    ],
    [
      'is over when it is mirrored back',
      {
        source: site({ db: 'replica' }),
        target: site({ db: 'followed' }),
        sourceRuns: stopped,
        targetRuns: ready,
      },
      ['done'],
    ],
    [
      'stops again what somebody started in its middle',
      { source: site({ db: 'followed' }, { pods: known([podOn('db')]) }), sourceRuns: running },
      ['Stop: write source Deployment web: stop at 0'],
    ],
    [
      'goes on after the promote though the source went dark',
      { source: dark, target: site({ db: 'primary' }), targetRuns: stopped },
      ['Start: write target Deployment web: start at 2'],
    ],
    [
      'waits where the source goes dark before the promote',
      { source: dark, target: site({ db: 'replica' }) },
      [`CatchUp: wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
    [
      'does not promote the source whose VolumeReplication somebody deleted in the middle',
      { source: site({}), target: site({ db: 'replica' }), sourceRuns: stopped },
      ['Demote: block source PersistentVolumeClaim db: NotProtected'],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(active({ verb: 'relocate', ...sketch })).toEqual(expected);
  });

  test('promotes none of two volumes while one cannot be demoted', () => {
    const sketch: MoveSketch = {
      claims: ['db', 'web'],
      source: site({ db: 'inSync', web: 'demoteFails' }),
      target: site({ db: 'replica', web: 'replica' }),
    };
    expect(active(sketch)).toEqual([
      'Demote: wait source PersistentVolumeClaim web: demote fails, and is tried again: in use',
    ]);
  });

  test('takes up the other volume of a group of which one has gone over', () => {
    const sketch: MoveSketch = {
      claims: ['db', 'web'],
      source: site({ db: 'replica', web: 'inSync' }),
      target: site({ db: 'primary', web: 'replica' }),
    };
    expect(active(sketch)).toEqual(['Promote: write target PersistentVolumeClaim web: promote']);
  });
});

describe('a failover', () => {
  test.each<[string, MoveSketch, string[]]>([
    [
      'asks a person, and stops nothing on a site that is lost',
      { source: dark, target: site({ db: 'replica' }) },
      ['Promote: block target PersistentVolumeClaim db: DR102, unless force-promote is accepted'],
    ],
    [
      'goes on with what was accepted',
      { source: dark, target: site({ db: 'replica' }), accepts: ['force-promote'] },
      ['Promote: write target PersistentVolumeClaim db: promote with consent'],
    ],
    [
      'starts the workloads of a backup',
      { source: dark, target: site({ db: 'primary' }), targetRuns: stopped },
      ['Start: write target Deployment web: start at 2'],
    ],
    [
      'does not wait for a sync back: the other site may be gone',
      { source: dark, target: site({ db: 'primary' }), targetRuns: ready },
      ['done'],
    ],
    [
      'goes on where the lost site came back and asks for primary, too',
      { source: site({ db: 'toBePromoted' }), target: site({ db: 'primary' }), targetRuns: stopped },
      ['Start: write target Deployment web: start at 2'],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(active({ verb: 'failover', ...sketch })).toEqual(expected);
  });
});

describe('a failback', () => {
  const stale = standing('replica', 'db', { 'kubectl-dr.dev/stale-against': 'east/db-uid' });

  test.each<[string, MoveSketch, string[]]>([
    [
      'stops first what runs on the older copy, and leaves the application running',
      {
        source: site({ db: 'followed' }),
        target: site({ db: 'primary' }),
        sourceRuns: running,
        targetRuns: running,
      },
      ['Stop: write target Deployment web: stop at 0'],
    ],
    [
      'stops nothing while the source is dark',
      { source: dark, target: site({ db: 'primary' }), targetRuns: running },
      [`Stop: wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
    [
      'stops nothing where the source was demoted by hand',
      {
        source: site({ db: 'demoted' }),
        target: site({ db: 'primary' }),
        targetRuns: running,
        isToldStale: true,
      },
      ['Stop: block target PersistentVolumeClaim db: DR108'],
    ],
    [
      'makes the older copy anew while the application runs',
      {
        source: site({ db: 'primary' }),
        target: { replications: known([stale]) },
        sourceRuns: running,
        accepts: ['resync'],
      },
      ['Resync: write target PersistentVolumeClaim db: resync with consent'],
    ],
    [
      'waits until it follows before anything is stopped',
      { source: site({ db: 'primary' }), target: site({ db: 'replica' }), sourceRuns: running },
      [
        'CatchUp: wait source PersistentVolumeClaim db: waits until west has followed east since its promote (sent every 5m)',
      ],
    ],
    [
      'only then stops the application',
      { source: site({ db: 'followed' }), target: site({ db: 'replica' }), sourceRuns: running },
      ['Stop: write source Deployment web: stop at 0'],
    ],
    [
      'is over for what is at home',
      {
        source: site({ db: 'replica' }),
        target: site({ db: 'followed' }),
        sourceRuns: stopped,
        targetRuns: ready,
      },
      ['done'],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(active({ verb: 'failback', ...sketch })).toEqual(expected);
  });
});

describe('an undo', () => {
  test.each<[string, MoveSketch, string[]]>([
    [
      'promotes again what was demoted',
      { source: site({}), target: site({ db: 'replica' }), targetRuns: stopped },
      ['Promote: write target PersistentVolumeClaim db: promote'],
    ],
    [
      'starts what was stopped where nothing was demoted yet',
      { source: site({}), target: site({ db: 'primary' }), targetRuns: stopped },
      ['Start: write target Deployment web: start at 2'],
    ],
    [
      'is refused where the other side was promoted meanwhile',
      { source: site({ db: 'primary' }), target: site({ db: 'replica' }) },
      ['Promote: block target PersistentVolumeClaim db: DR102'],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(active({ verb: 'undo', ...sketch })).toEqual(expected);
  });
});
