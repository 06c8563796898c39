import { describe, expect, test } from 'vitest';
import { known } from '../../../../core/model/reading.ts';
import { awaitReady } from '../../../../core/plan/steps/await-ready.ts';
import { startWorkloads } from '../../../../core/plan/steps/start-workloads.ts';
import { dark } from '../../step/pair.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  ownedBy,
  statefulSets,
  workloadOf,
} from '../../workload/objects.ts';
import { linesBy, lookBy, type MoveSketch } from '../moves.ts';
import { podOn, site } from '../volumes.ts';

const remembering = (replicas: string) => ({
  metadata: { annotations: { 'kubectl-dr.dev/replicas': replicas } },
});
const parked = { metadata: { annotations: { 'kubectl-dr.dev/parked': 'true' } } };
const onNoNode = { template: { spec: { nodeSelector: { 'kubectl-dr.dev/parked': 'true' } } } };
const complete = { status: { conditions: [{ type: 'Complete', status: 'True' }] } };

const moved: MoveSketch = { source: site({ db: 'replica' }), target: site({ db: 'primary' }) };

describe('starting on the target', () => {
  test.each<[string, MoveSketch, string[]]>([
    [
      'gives a workload the size that the record knows',
      { targetRuns: [workloadOf(deployments, { replicas: 0 })], sizesBefore: { 'Deployment shop/web': 3 } },
      ['write target Deployment web: start at 3'],
    ],
    [
      'gives it the size that the source remembers',
      {
        sourceRuns: [workloadOf(statefulSets, { replicas: 0 }, remembering('4'))],
        targetRuns: [workloadOf(statefulSets, { replicas: 0 })],
      },
      ['write target StatefulSet web: start at 4'],
    ],
    [
      'gives it the size that it remembers itself, where the source cannot be read',
      { source: dark, targetRuns: [workloadOf(deployments, { replicas: 0 }, remembering('2'))] },
      ['write target Deployment web: start at 2'],
    ],
    [
      'leaves stopped what nobody knows a size of, and says so',
      { targetRuns: [workloadOf(deployments, { replicas: 0 })] },
      ['remark Deployment shop/web stays stopped: nothing tells how many replicas it had'],
    ],
    [
      'leaves stopped what mounts a claim that is a replica here: the application would be torn',
      {
        target: site({ db: 'primary', web: 'replica' }),
        targetRuns: [{ ...workloadOf(deployments, { replicas: 0 }), claims: ['db', 'web'] }],
        sizesBefore: { 'Deployment shop/web': 3 },
      },
      [
        'remark Deployment shop/web stays stopped: claim shop/web is secondary on west, where no pod can write it',
      ],
    ],
    [
      'leaves alone what runs, whatever the record knows',
      { targetRuns: [workloadOf(deployments, { replicas: 5 })], sizesBefore: { 'Deployment shop/web': 3 } },
      [],
    ],
    [
      'lets a CronJob go on that was parked',
      { targetRuns: [workloadOf(cronJobs, { suspend: true }, parked)] },
      ['write target CronJob web: start at 1'],
    ],
    [
      'leaves a CronJob suspended that somebody suspended before',
      { targetRuns: [workloadOf(cronJobs, { suspend: true })] },
      ['remark CronJob shop/web stays stopped: nothing tells how many replicas it had'],
    ],
    [
      'lets the pods of a DaemonSet come back',
      { targetRuns: [workloadOf(daemonSets, onNoNode)] },
      ['write target DaemonSet web: start at 1'],
    ],
    ['leaves a Job that has ended', { targetRuns: [workloadOf(jobs, {}, complete)] }, []],
    [
      'leaves what a CronJob makes',
      {
        targetRuns: [
          workloadOf(jobs, { suspend: true }, { metadata: ownedBy('batch/v1', 'CronJob', 'nightly') }),
        ],
      },
      [],
    ],
    [
      'tells of a workload that somebody has to make there',
      { sourceRuns: [workloadOf(deployments, { replicas: 0 }, remembering('2'))], targetRuns: [] },
      ['remark Deployment shop/web is not on west: somebody has to make it there'],
    ],
    [
      'waits while nobody can tell what is there',
      { targetRuns: 'deployments of west cannot be read: forbidden' },
      ['wait target PersistentVolumeClaim db: deployments of west cannot be read: forbidden (unknown)'],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(startWorkloads, { ...moved, ...sketch })).toEqual(expected);
  });

  test('takes off what the stop left', () => {
    const targetRuns = [workloadOf(deployments, { replicas: 0 }, remembering('2'))];
    expect(lookBy(startWorkloads, { ...moved, targetRuns }).writes).toMatchObject([
      {
        patch: {
          metadata: { uid: 'uid-web', annotations: { 'kubectl-dr.dev/replicas': null } },
          spec: { replicas: 2 },
        },
      },
    ]);
  });
});

const unscheduled = {
  ...podOn('db'),
  status: {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes are available: 1 node(s) did not match',
      },
    ],
  },
};

describe('readiness', () => {
  const ready = (readyReplicas: number) => ({ status: { observedGeneration: 1, readyReplicas } });

  test.each<[string, MoveSketch, string[]]>([
    [
      'is there once all pods say so',
      { targetRuns: [workloadOf(deployments, { replicas: 2 }, ready(2))] },
      [],
    ],
    [
      'is waited for',
      { targetRuns: [workloadOf(deployments, { replicas: 2 }, ready(1))] },
      ['wait target Deployment web: 1 of 2 pods are ready'],
    ],
    [
      'is waited for, with why a pod is not scheduled',
      {
        target: site({ db: 'primary' }, { pods: known([unscheduled]) }),
        targetRuns: [workloadOf(deployments, { replicas: 1 }, ready(0))],
      },
      [
        'wait target Deployment web: 0 of 1 pods are ready (pod db-0: Unschedulable: 0/1 nodes are available: 1 node(s) did not match)',
      ],
    ],
    [
      'is waited for, with why pods are not made',
      {
        targetRuns: [
          workloadOf(
            deployments,
            { replicas: 1 },
            {
              status: {
                ...ready(0).status,
                conditions: [
                  {
                    type: 'ReplicaFailure',
                    status: 'True',
                    reason: 'FailedCreate',
                    message: 'no PriorityClass with name gold',
                  },
                ],
              },
            },
          ),
        ],
      },
      ['wait target Deployment web: 0 of 1 pods are ready (FailedCreate: no PriorityClass with name gold)'],
    ],
    [
      'is not believed of a status that is older than the spec',
      {
        targetRuns: [workloadOf(deployments, { replicas: 2 }, { ...ready(2), metadata: { generation: 2 } })],
      },
      ['wait target Deployment web: its status is older than its spec'],
    ],
    [
      'is nothing to wait for of what stays stopped',
      { targetRuns: [workloadOf(deployments, { replicas: 0 })] },
      [],
    ],
    [
      'of a CronJob is that it is not suspended',
      { targetRuns: [workloadOf(cronJobs, { suspend: false })] },
      [],
    ],
    [
      'waits while nobody can tell',
      { targetRuns: 'deployments of west cannot be read: forbidden' },
      ['wait target PersistentVolumeClaim db: deployments of west cannot be read: forbidden (unknown)'],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(awaitReady, { ...moved, ...sketch })).toEqual(expected);
  });
});
