import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { mergePatch } from '../../../core/restore/merge-patch.ts';
import { parkWorkload } from '../../../core/restore/park-workload.ts';
import { workloadFieldManager } from '../../../core/workload/field-manager.ts';
import { isRunning } from '../../../core/workload/is-running.ts';
import { readWorkload } from '../../../core/workload/read-workload.ts';
import { sizeToStart, startPatch } from '../../../core/workload/start-workload.ts';
import { stopPatch } from '../../../core/workload/stop-workload.ts';
import type { Workload } from '../../../core/workload/workload.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  noAutoscalers,
  ownedBy,
  replicaSets,
  statefulSets,
  workloadOf,
} from './objects.ts';

const ended = { status: { conditions: [{ type: 'Complete', status: 'True' }] } };
const marked = { annotations: { 'kubectl-dr.dev/parked': 'true' } };
const remembers = (replicas: string) => ({ annotations: { 'kubectl-dr.dev/replicas': replicas } });
const onNoNode = { template: { spec: { nodeSelector: { 'kubectl-dr.dev/parked': 'true' } } } };

describe('stopping', () => {
  test.each([deployments, statefulSets, replicaSets])('$kind: to 0, with the count on it', (resource) => {
    expect(stopPatch(workloadOf(resource, { replicas: 3 }))).toEqual({
      metadata: { uid: 'uid-web', annotations: { 'kubectl-dr.dev/replicas': '3' } },
      spec: { replicas: 0 },
    });
  });
  test.each([jobs, cronJobs])('$kind: suspended, with a mark on it', (resource) => {
    expect(stopPatch(workloadOf(resource, { suspend: false }))).toEqual({
      metadata: { uid: 'uid-web', annotations: { 'kubectl-dr.dev/parked': 'true' } },
      spec: { suspend: true },
    });
  });
  test('DaemonSet: onto nodes that there are none of', () => {
    expect(stopPatch(workloadOf(daemonSets))).toEqual({ metadata: { uid: 'uid-web' }, spec: onNoNode });
  });
  test.each([
    { title: 'at 0', of: workloadOf(deployments, { replicas: 0 }, { metadata: remembers('3') }) },
    { title: 'suspended by somebody', of: workloadOf(cronJobs, { suspend: true }) },
    { title: 'on no node', of: workloadOf(daemonSets, onNoNode) },
    { title: 'ended', of: workloadOf(jobs, {}, ended) },
  ])('nothing of a $of.resource.kind that is $title', ({ of }) => {
    expect([stopPatch(of), isRunning(of)]).toEqual([undefined, false]);
  });
  test('a count that was remembered before is older than the one it has', () => {
    expect(stopPatch(workloadOf(deployments, { replicas: 2 }, { metadata: remembers('9') }))).toMatchObject({
      metadata: remembers('2'),
    });
  });
});

describe('starting', () => {
  test.each([
    {
      of: workloadOf(deployments, { replicas: 0 }, { metadata: remembers('3') }),
      patch: { metadata: { annotations: { 'kubectl-dr.dev/replicas': null } }, spec: { replicas: 3 } },
    },
    {
      of: workloadOf(cronJobs, { suspend: true }, { metadata: marked }),
      patch: { metadata: { annotations: { 'kubectl-dr.dev/parked': null } }, spec: { suspend: false } },
    },
    {
      of: workloadOf(daemonSets, onNoNode),
      patch: { spec: { template: { spec: { nodeSelector: { 'kubectl-dr.dev/parked': null } } } } },
    },
  ])('$of.resource.kind: takes away what its stop left', ({ of, patch }) => {
    expect(startPatch(of, 3)).toMatchObject(patch);
    expect(startPatch(of, 3)).toMatchObject({ metadata: { uid: 'uid-web' } });
  });
  test.each([
    { title: 'that is to have none', of: workloadOf(deployments, { replicas: 0 }), size: 0 },
    { title: 'that runs so', of: workloadOf(deployments, { replicas: 3 }), size: 3 },
    { title: 'that runs', of: workloadOf(cronJobs), size: 1 },
    { title: 'that runs', of: workloadOf(daemonSets), size: 1 },
    { title: 'that has ended', of: workloadOf(jobs, {}, ended), size: 1 },
  ])('nothing of a $of.resource.kind $title', ({ of, size }) => {
    expect(startPatch(of, size)).toBeUndefined();
  });
  test('one that somebody has started takes away what it remembers', () => {
    const started = workloadOf(deployments, { replicas: 3 }, { metadata: remembers('3') });
    expect(startPatch(started, 3)).toMatchObject({
      metadata: { annotations: { 'kubectl-dr.dev/replicas': null } },
    });
  });
});

describe('the size to start with', () => {
  const stopped = workloadOf(deployments, { replicas: 0 }, { metadata: remembers('3') });
  const ofCronJob = { metadata: { ...ownedBy('batch/v1', 'CronJob', 'n'), ...marked } };
  test.each([
    { title: 'what was recorded', of: stopped, remembered: 5, size: 5 },
    { title: 'what was recorded, though it is 0', of: stopped, remembered: 0, size: 0 },
    { title: 'else what it remembers', of: stopped, remembered: undefined, size: 3 },
    { title: 'what it has', of: workloadOf(deployments, { replicas: 2 }), remembered: undefined, size: 2 },
    {
      title: 'not what it remembers where it runs',
      of: workloadOf(deployments, { replicas: 2 }, { metadata: remembers('9') }),
      remembered: undefined,
      size: 2,
    },
    {
      title: 'unknown',
      of: workloadOf(deployments, { replicas: 0 }),
      remembered: undefined,
      size: undefined,
    },
    {
      title: 'unknown where somebody suspended it',
      of: workloadOf(cronJobs, { suspend: true }),
      remembered: undefined,
      size: undefined,
    },
    {
      title: 'one where we suspended it',
      of: workloadOf(cronJobs, { suspend: true }, { metadata: marked }),
      remembered: undefined,
      size: 1,
    },
    { title: 'one', of: workloadOf(daemonSets, onNoNode), remembered: undefined, size: 1 },
    { title: 'none once it has ended', of: workloadOf(jobs, {}, ended), remembered: 1, size: undefined },
    {
      title: 'unknown where another makes it',
      of: workloadOf(jobs, { suspend: true }, ofCronJob),
      remembered: undefined,
      size: undefined,
    },
    {
      title: 'what was recorded where another makes it',
      of: workloadOf(jobs, { suspend: true }, ofCronJob),
      remembered: 1,
      size: 1,
    },
  ])('$of.resource.kind: $title', ({ of, remembered, size }) => {
    expect(sizeToStart(of, remembered)).toBe(size);
  });
});

const key = fc.stringMatching(/^[a-z]{1,5}$/);

/** A workload that runs, with the defaults that an API server fills in; an empty map is left out by it, so there is none. */
const running = fc
  .record({
    resource: fc.constantFrom(deployments, statefulSets, replicaSets, jobs, cronJobs, daemonSets),
    replicas: fc.integer({ min: 1, max: 5000 }),
    nodeSelector: fc.dictionary(key, fc.string(), { minKeys: 1 }),
    annotations: fc.dictionary(key, fc.string(), { minKeys: 1 }),
    more: fc.dictionary(fc.stringMatching(/^x[a-z]{1,5}$/), fc.string()),
  })
  .map(({ resource, replicas, nodeSelector, annotations, more }) => {
    const own = {
      replicas: { replicas, template: { spec: { nodeSelector } } },
      suspend: { suspend: false, jobTemplate: {} },
      nodeSelector: { template: { spec: { nodeSelector, containers: [] } } },
    };
    const { means } = workloadOf(resource);
    return workloadOf(resource, { ...more, ...own[means] }, { metadata: { annotations } });
  });

const changed = ({ resource, object, claims }: Workload, patch: unknown): Workload => {
  const after = mergePatch(object, patch) as KubernetesObject;
  const read = readWorkload({ resource, object: after }, claims, noAutoscalers);
  if (read === undefined) throw new Error('it is no workload any more');
  return read;
};

describe('any workload', () => {
  test('that is stopped and started again is as it was', () => {
    fc.assert(
      fc.property(running, (before) => {
        const stopped = changed(before, stopPatch(before));
        expect([isRunning(before), isRunning(stopped), stopped.sizeBefore]).toEqual([
          true,
          false,
          before.size,
        ]);
        for (const size of [before.size, sizeToStart(stopped, undefined) ?? 0]) {
          expect(changed(stopped, startPatch(stopped, size)).object).toEqual(before.object);
        }
      }),
    );
  });

  test('that is stopped twice is as it was after once', () => {
    fc.assert(
      fc.property(running, (before) => {
        const patch = stopPatch(before);
        const stopped = changed(before, patch);
        expect(stopPatch(stopped)).toBeUndefined();
        expect(changed(stopped, patch).object).toEqual(stopped.object);
      }),
    );
  });

  test('arrives on the other site as one that was stopped there', () => {
    fc.assert(
      fc.property(running, (before) => {
        const source = { ...before.object, kind: before.resource.kind };
        expect(parkWorkload(source)).toEqual(mergePatch(source, stopPatch(before)));
      }),
    );
  });
});

test('Flux does not take our changes for those of kubectl', () => {
  expect(workloadFieldManager.startsWith('kubectl')).toBe(false);
});
