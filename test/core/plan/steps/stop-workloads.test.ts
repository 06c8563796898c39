import { describe, expect, test } from 'vitest';
import { demotionAnnotation, demotionText } from '../../../../core/following/demotion.ts';
import { known } from '../../../../core/model/reading.ts';
import { stopWorkloads } from '../../../../core/plan/steps/stop-workloads.ts';
import { dark, now, vr } from '../../step/pair.ts';
import { cronJobs, daemonSets, deployments, jobs, statefulSets, workloadOf } from '../../workload/objects.ts';
import { linesBy, lookBy, type MoveSketch } from '../moves.ts';
import { site, standing } from '../volumes.ts';

const complete = { status: { conditions: [{ type: 'Complete', status: 'True' }] } };
const stopped = { metadata: { annotations: { 'kubectl-dr.dev/replicas': '3' } } };
const elsewhere = { ...workloadOf(deployments, { replicas: 2 }), claims: ['mail'] };

describe('stopping on the source', () => {
  const moving: MoveSketch = { source: site({ db: 'primary' }), target: site({}) };

  test.each<[string, MoveSketch, string[]]>([
    [
      'takes replicas to 0',
      { sourceRuns: [workloadOf(statefulSets, { replicas: 3 })] },
      ['write source StatefulSet web: stop at 0'],
    ],
    ['leaves what is at 0', { sourceRuns: [workloadOf(deployments, { replicas: 0 }, stopped)] }, []],
    [
      'suspends a CronJob',
      { sourceRuns: [workloadOf(cronJobs, { suspend: false })] },
      ['write source CronJob web: stop at 0'],
    ],
    [
      'leaves a CronJob that somebody suspended',
      { sourceRuns: [workloadOf(cronJobs, { suspend: true })] },
      [],
    ],
    ['suspends a Job that runs', { sourceRuns: [workloadOf(jobs)] }, ['write source Job web: stop at 0']],
    ['leaves a Job that has ended', { sourceRuns: [workloadOf(jobs, {}, complete)] }, []],
    [
      'keeps the pods of a DaemonSet off every node',
      { sourceRuns: [workloadOf(daemonSets)] },
      ['write source DaemonSet web: stop at 0'],
    ],
    ['leaves what mounts other claims', { sourceRuns: [elsewhere] }, []],
    [
      'waits while nobody can tell what runs',
      { sourceRuns: 'deployments of east cannot be read: forbidden' },
      ['wait source PersistentVolumeClaim db: deployments of east cannot be read: forbidden (unknown)'],
    ],
    [
      'is over for volumes that have gone over',
      {
        source: site({ db: 'replica' }),
        target: site({ db: 'primary' }),
        sourceRuns: [workloadOf(deployments, { replicas: 2 })],
      },
      [],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(stopWorkloads('source'), { ...moving, ...sketch })).toEqual(expected);
  });

  test('leaves on the workload what it had, and means this very object', () => {
    const sourceRuns = [workloadOf(statefulSets, { replicas: 3 })];
    expect(lookBy(stopWorkloads('source'), { ...moving, sourceRuns }).writes).toMatchObject([
      {
        patch: {
          metadata: { uid: 'uid-web', annotations: { 'kubectl-dr.dev/replicas': '3' } },
          spec: { replicas: 0 },
        },
      },
    ]);
  });

  test('goes on for the rest of a group of which one volume has gone over', () => {
    const lines = linesBy(stopWorkloads('source'), {
      claims: ['db', 'web'],
      source: site({ db: 'replica', web: 'primary' }),
      target: site({ db: 'primary' }),
      sourceRuns: [workloadOf(deployments, { replicas: 2 })],
    });
    expect(lines).toEqual(['write source Deployment web: stop at 0']);
  });
});

describe('stopping what runs on an older copy, before a return', () => {
  const madeAnew = { 'kubectl-dr.dev/resynced-from': 'east/db-uid' };
  const demotedTo = (followed: 'yes' | 'no') => {
    const demoted = vr({
      wants: 'secondary',
      state: 'Secondary',
      sets: ['demoted'],
      generation: 2,
      claim: 'db',
    });
    const annotations = { [demotionAnnotation]: demotionText({ followed, at: now - 60_000 }, 2) };
    return { ...demoted, metadata: { ...demoted.metadata, uid: 'db-uid', annotations } };
  };
  const runs = [workloadOf(deployments, { replicas: 2 })];
  const back: MoveSketch = {
    verb: 'failback',
    source: site({ db: 'followed' }),
    target: site({ db: 'primary' }),
    targetRuns: runs,
  };

  test.each<[string, MoveSketch, string[]]>([
    ['stops it where the other site is primary', {}, ['write target Deployment web: stop at 0']],
    [
      'stops nothing while the other site cannot be read: what runs may be all there is',
      { source: dark },
      [`wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
    [
      'is refused where the other site was demoted: then this is the only primary',
      { source: site({ db: 'demoted' }), isToldStale: true },
      ['block target PersistentVolumeClaim db: DR108'],
    ],
    [
      'is refused where nothing replicates it on the other site',
      { source: site({}), isToldStale: true },
      ['block target PersistentVolumeClaim db: DR108'],
    ],
    [
      'is over where somebody else has promoted the copy that was made anew from the side that is demoted',
      {
        source: { replications: known([demotedTo('yes')]) },
        target: { replications: known([standing('primary', 'db', madeAnew)]) },
        isToldStale: true,
      },
      [],
    ],
    [
      'is refused where that side was demoted before it had been followed',
      {
        source: { replications: known([demotedTo('no')]) },
        target: { replications: known([standing('primary', 'db', madeAnew)]) },
        isToldStale: true,
      },
      ['block target PersistentVolumeClaim db: DR108'],
    ],
    [
      'is over where the other site follows by now: it holds nothing of its own',
      { source: site({ db: 'replica' }), target: site({ db: 'followed' }), isToldStale: true },
      [],
    ],
    ['has nothing to stop where nothing runs', { targetRuns: [] }, []],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(stopWorkloads('target'), { ...back, ...sketch })).toEqual(expected);
  });

  test.each<[string, 'yes' | 'no', string]>([
    ['promotes the side that may hold more than this one', 'no', 'promote'],
    ['looks at the status where that side holds nothing of its own', 'yes', 'status'],
  ])('%s next', (_, followed, verb) => {
    const { blocks } = lookBy(stopWorkloads('target'), {
      ...back,
      source: { replications: known([demotedTo(followed)]) },
      isToldStale: true,
    });
    const next = `kubectl dr ${verb} db -n shop --context east`;
    expect(blocks).toMatchObject([{ obstacle: { code: 'DR108', next } }]);
  });
});
