import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import { readScalable, withScalables } from '../../../core/workload/read-scalable.ts';
import { readWorkload, readWorkloads } from '../../../core/workload/read-workload.ts';
import { usualPaths } from '../../../core/workload/replica-paths.ts';
import { startPatch } from '../../../core/workload/start-workload.ts';
import { stopPatch } from '../../../core/workload/stop-workload.ts';
import { workloadText } from '../../../core/workload/workload.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  inShop,
  jobs,
  mounting,
  noAutoscalers,
  ownedBy,
  replicaSets,
  rollouts,
  statefulSets,
  workloadOf,
} from './objects.ts';

const read = (
  objects: readonly [Resource, KubernetesObject][],
  claims: readonly string[] = ['db', 'files'],
) =>
  readWorkloads(
    objects.map(([resource, object]) => ({ resource, object })),
    (namespace) => new Set(namespace === 'shop' ? claims : []),
    noAutoscalers,
  );

const template = mounting('db');
const ended = (type: string) => ({ status: { conditions: [{ type, status: 'True' }] } });

describe('the workloads that mount the claims', () => {
  test('are of every built-in kind that makes pods, with the claims that they mount', () => {
    const claimsOf = read([
      [deployments, inShop('web', { template: mounting('files', 'db', 'elsewhere', 'db') })],
      [deployments, inShop('none', { template: mounting('elsewhere') })],
      [deployments, inShop('bare', {})],
      [replicaSets, inShop('alone', { template })],
      [daemonSets, inShop('agent', { template })],
      [jobs, inShop('import', { template })],
      [cronJobs, inShop('nightly', { jobTemplate: { spec: { template } } })],
    ]).map((workload) => [workloadText(workload), workload.claims]);
    expect(claimsOf).toEqual([
      ['Deployment shop/web', ['db', 'files']],
      ['ReplicaSet shop/alone', ['db']],
      ['DaemonSet shop/agent', ['db']],
      ['Job shop/import', ['db']],
      ['CronJob shop/nightly', ['db']],
    ]);
  });

  test('are those of a namespace that has such a claim', () => {
    const elsewhere = inShop('web', { template }, { metadata: { namespace: 'other' } });
    expect(read([[deployments, elsewhere]])).toEqual([]);
  });

  test('are StatefulSets by the claims that they make, at whatever size', () => {
    const set = inShop('db', { replicas: 1, volumeClaimTemplates: [{ metadata: { name: 'data' } }] });
    const claims = ['data-db-0', 'data-db-2', 'data-db-main-0', 'logs-db-0'];
    expect(read([[statefulSets, set]], claims)[0]?.claims).toEqual(['data-db-0', 'data-db-2']);
  });

  test('are not what a listed workload makes', () => {
    const set = inShop('web-5f', { template }, { metadata: ownedBy('apps/v1', 'Deployment', 'web') });
    const names = read([
      [deployments, inShop('web', { template })],
      [replicaSets, set],
    ]).map(workloadText);
    expect(names).toEqual(['Deployment shop/web']);
    expect(read([[replicaSets, set]])).toMatchObject([{ name: 'web-5f', isMadeByAnother: true }]);
  });

  test('are the Jobs of a CronJob as long as they run', () => {
    const job = (name: string, more: object) =>
      inShop(name, { template }, { metadata: ownedBy('batch/v1', 'CronJob', 'nightly'), ...more });
    const found = read([
      [cronJobs, inShop('nightly', { jobTemplate: { spec: { template } } })],
      [jobs, job('nightly-1', ended('Complete'))],
      [jobs, job('nightly-2', ended('Failed'))],
      [jobs, job('nightly-3', {})],
    ]);
    expect(found.map(({ name, isMadeByAnother }) => [name, isMadeByAnother])).toEqual([
      ['nightly', false],
      ['nightly-3', true],
    ]);
  });

  test('are no objects of other kinds', () => {
    const rollout = { resource: rollouts, object: inShop('web', { template }) };
    expect(readWorkload(rollout, ['db'], noAutoscalers)).toBeUndefined();
  });
});

describe('what a workload asks for', () => {
  const marked = { template: { spec: { nodeSelector: { 'kubectl-dr.dev/parked': 'true' } } } };
  const suspended = { suspend: true };
  const remembers = (value: string) => ({ metadata: { annotations: { 'kubectl-dr.dev/replicas': value } } });
  const parked = { metadata: { annotations: { 'kubectl-dr.dev/parked': 'true' } } };
  test.each([
    { title: 'replicas', of: workloadOf(deployments, { replicas: 3 }), size: 3, before: undefined },
    { title: 'one pod where it does not say', of: workloadOf(statefulSets), size: 1, before: undefined },
    { title: 'none', of: workloadOf(replicaSets, { replicas: 0 }), size: 0, before: undefined },
    { title: 'none now', of: workloadOf(deployments, { replicas: 0 }, remembers('12')), size: 0, before: 12 },
    { title: 'to run', of: workloadOf(jobs, { suspend: false }), size: 1, before: undefined },
    { title: 'not to run', of: workloadOf(cronJobs, suspended), size: 0, before: undefined },
    { title: 'not to run now', of: workloadOf(cronJobs, suspended, parked), size: 0, before: 1 },
    { title: 'nothing any more', of: workloadOf(jobs, {}, ended('Complete')), size: 0, before: undefined },
    { title: 'a pod on each node', of: workloadOf(daemonSets, {}), size: 1, before: undefined },
    { title: 'no node now', of: workloadOf(daemonSets, marked), size: 0, before: 1 },
  ])('$of.resource.kind: $title', ({ of, size, before }) => {
    expect({ size: of.size, before: of.sizeBefore }).toEqual({ size, before });
  });

  test.each(['', '0', '-1', '03', '1e3', '2.5', ' 3', '3\n', '99999999', 'true'])(
    'a remembered count of %j is none',
    (text) => {
      expect(workloadOf(deployments, { replicas: 0 }, remembers(text)).sizeBefore).toBeUndefined();
    },
  );

  test.each(['Complete', 'Failed'])('a Job that is %s has ended, any other workload has not', (type) => {
    expect(workloadOf(jobs, {}, ended(type)).hasEnded).toBe(true);
    expect(workloadOf(jobs).hasEnded).toBe(false);
    expect(workloadOf(deployments, {}, ended(type)).hasEnded).toBe(false);
  });
});

describe('a workload whose template does not name the claim that its pods mount', () => {
  const object = inShop('web', { template: mounting('other') });
  const read = (told: readonly string[]) =>
    readWorkloads(
      [{ resource: deployments, object }],
      () => new Set(['db']),
      noAutoscalers,
      () => told,
    );
  test('is one, and its record has to tell of it', () => {
    expect(read(['db'])).toMatchObject([{ name: 'web', claims: ['db'], isToldByPods: true }]);
    expect(read([])).toEqual([]);
  });
  test('is an ordinary one where the template names it', () => {
    const named = readWorkloads(
      [{ resource: deployments, object: inShop('web', { template: mounting('db') }) }],
      () => new Set(['db']),
      noAutoscalers,
      () => ['db'],
    );
    expect(named[0]?.isToldByPods).toBeUndefined();
  });
});

describe('a workload of a custom kind', () => {
  const scalable = (spec: object, more: { metadata?: object; status?: object } = {}) =>
    readScalable(rollouts, inShop('web', spec, more), { claims: ['db'], paths: usualPaths }, noAutoscalers);
  const counted = (spec: object, status: object = {}) =>
    readScalable(
      rollouts,
      inShop('web', spec, { status }),
      { claims: ['db'], paths: { spec: ['spec', 'shape', 'instances'], status: ['status', 'instances'] } },
      noAutoscalers,
    );
  test('is one by its replica count', () => {
    const metadata = { annotations: { 'kubectl-dr.dev/replicas': '4' }, generation: 7 };
    expect(
      scalable({ replicas: 2 }, { metadata, status: { observedGeneration: '7', readyReplicas: 1 } }),
    ).toMatchObject({ name: 'web', means: 'replicas', size: 2, sizeBefore: 4, ready: 1, claims: ['db'] });
  });
  test.each([
    [{}, {}, 1],
    [{ replicas: null }, {}, 1],
    [{ shape: {} }, { instances: 3 }, 3],
    [{ shape: {} }, { instances: 0 }, 1],
    [{ shape: { instances: 2 } }, { instances: 3 }, 2],
    [{ shape: { instances: 0 } }, { instances: 3 }, 0],
  ])(
    'that does not say how many has as many as there are, and one where nobody knows: %j %j',
    (spec, status, size) => {
      expect(counted(spec, status)?.size).toBe(size);
    },
  );
  test('is stopped and started where its kind keeps the count', () => {
    const running = counted({ shape: { instances: 2 } });
    expect(running && stopPatch(running)).toMatchObject({ spec: { shape: { instances: 0 } } });
    const stopped = counted({ shape: { instances: 0 } });
    expect(stopped && startPatch(stopped, 2)).toMatchObject({ spec: { shape: { instances: 2 } } });
    expect(JSON.stringify(running && stopPatch(running))).not.toContain('"replicas":');
  });
  test.each([{ replicas: '2' }, { replicas: 1.5 }, { replicas: -1 }])(
    'is none where its spec is %j',
    (spec) => expect(scalable(spec)).toBeUndefined(),
  );
  test('need not tell a generation', () => {
    expect(scalable({ replicas: 2 }, { status: { readyReplicas: 2 } })?.ready).toBe(2);
    expect(scalable({ replicas: 2 })?.ready).toBe(0);
    expect(scalable({ replicas: 2 }, { status: { observedGeneration: 0 } })?.ready).toBeUndefined();
  });
  test('stands for the built-in ones that it makes', () => {
    const rollout = scalable({ replicas: 2 });
    const made = {
      metadata: { name: 'web-5f', uid: 'x', ...ownedBy('argoproj.io/v1alpha1', 'Rollout', 'web') },
    };
    const other = { metadata: { name: 'other', uid: 'y' } };
    const builtIn = [workloadOf(replicaSets, {}, made), workloadOf(replicaSets, {}, other)];
    expect(withScalables(builtIn, rollout ? [rollout] : []).map(workloadText)).toEqual([
      'ReplicaSet shop/other',
      'Rollout shop/web',
    ]);
  });
});
