import { expect, test } from 'vitest';
import { readiness } from '../../../core/workload/readiness.ts';
import { cronJobs, daemonSets, deployments, jobs, statefulSets, workloadOf } from './objects.ts';

const at = (observedGeneration: number, status: object) => ({
  metadata: { generation: 2 },
  status: { observedGeneration, ...status },
});
const condition = (type: string) => ({ status: { conditions: [{ type, status: 'True' }] } });
const onNoNode = { template: { spec: { nodeSelector: { 'kubectl-dr.dev/parked': 'true' } } } };
const three = { replicas: 3 };

test.each([
  {
    of: workloadOf(deployments, three, at(2, { readyReplicas: 3 })),
    ready: true,
    why: '3 of 3 pods are ready',
  },
  {
    of: workloadOf(deployments, three, at(3, { readyReplicas: 2 })),
    ready: false,
    why: '2 of 3 pods are ready',
  },
  { of: workloadOf(statefulSets, three, at(2, {})), ready: false, why: '0 of 3 pods are ready' },
  {
    of: workloadOf(deployments, three, at(1, { readyReplicas: 3 })),
    ready: false,
    why: 'its status is older than its spec',
  },
  { of: workloadOf(deployments, three), ready: false, why: 'its status is older than its spec' },
  {
    of: workloadOf(deployments, { replicas: 2 }, at(2, { readyReplicas: 2 })),
    ready: true,
    why: '2 of 2 pods are ready',
  },
  {
    of: workloadOf(deployments, { replicas: 5 }, at(2, { readyReplicas: 4 })),
    ready: true,
    why: '4 of 3 pods are ready',
  },
  { of: workloadOf(deployments, { replicas: 0 }, at(2, {})), ready: false, why: 'it is stopped' },
  {
    of: workloadOf(daemonSets, {}, at(2, { numberReady: 4, desiredNumberScheduled: 5 })),
    ready: false,
    why: '4 of 5 pods are ready',
  },
  {
    of: workloadOf(daemonSets, {}, at(2, { numberReady: 5, desiredNumberScheduled: 5 })),
    ready: true,
    why: '5 of 5 pods are ready',
  },
  {
    of: workloadOf(daemonSets, {}, at(2, { numberReady: 0, desiredNumberScheduled: 0 })),
    ready: true,
    why: '0 of 0 pods are ready',
  },
  {
    of: workloadOf(daemonSets, {}, at(1, { numberReady: 0, desiredNumberScheduled: 0 })),
    ready: false,
    why: 'its status is older than its spec',
  },
  { of: workloadOf(daemonSets, onNoNode, at(2, {})), ready: false, why: 'it is stopped' },
  { of: workloadOf(jobs), ready: true, why: 'it is not suspended' },
  { of: workloadOf(jobs, {}, condition('Suspended')), ready: false, why: 'its suspension is not over yet' },
  { of: workloadOf(jobs, { suspend: true }), ready: false, why: 'it is stopped' },
  { of: workloadOf(jobs, {}, condition('Complete')), ready: true, why: 'it has ended' },
  { of: workloadOf(cronJobs), ready: true, why: 'it is not suspended' },
  { of: workloadOf(cronJobs, { suspend: true }), ready: false, why: 'it is stopped' },
])('a $of.resource.kind that was started with 3: $why', ({ of, ready, why }) => {
  expect(readiness(of, 3)).toEqual({ ready, why });
});

test('one that is to have no pods is ready', () => {
  const stopped = workloadOf(deployments, { replicas: 0 });
  expect(readiness(stopped, 0)).toEqual({ ready: true, why: 'no pods are wanted' });
});
