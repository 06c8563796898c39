import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../core/model/kubernetes-object.ts';
import { resources } from '../../../../core/model/resource.ts';
import type { Kind } from '../../../../sandbox/api-server/kind.ts';
import { builtInKinds } from '../../../../sandbox/api-server/kinds/built-in.ts';

const kindOf = (plural: string, group = ''): Kind =>
  builtInKinds.find(({ resource }) => resource.plural === plural && resource.group === group)!;

const create = (kind: Kind, object: object): KubernetesObject =>
  kind.strategy.prepareForCreate({ metadata: { name: 'x' }, ...object });

const cellOf = (kind: Kind, column: string, object: object) =>
  kind.columns
    .find(({ name }) => name === column)
    ?.cell({ metadata: {}, ...object }, Date.parse('2026-01-01'));

describe('the built-in kinds', () => {
  test('include every kind that this product keeps objects of', () => {
    const served = builtInKinds.map(({ resource }) => resource);
    // Reviews are answered and never kept. Quotas and classes of runtimes are read where they are served: nothing in a sandbox would use one.
    const needed = Object.values(resources).filter(
      ({ group, kind }) =>
        !group.endsWith('openshift.io') &&
        !group.endsWith('kubectl-dr.dev') &&
        !kind.endsWith('Review') &&
        !['ResourceQuota', 'RuntimeClass', 'PriorityClass'].includes(kind),
    );
    expect(served).toEqual(expect.arrayContaining(needed));
  });

  test('have no two under one name', () => {
    const names = builtInKinds.map(({ resource: { group, plural } }) => `${group}/${plural}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(builtInKinds)(
    '$resource.plural of "$resource.group" come out of their defaults unchanged',
    (kind) => {
      const once = create(kind, { spec: {} });
      expect(kind.strategy.prepareForUpdate(once, once)).toEqual(once);
    },
  );
});

describe('defaults', () => {
  const containers = (image: string) => ({ spec: { containers: [{ name: 'c', image }] } });
  test.each([
    ['i', 'Always', 'no tag'],
    ['i:latest', 'Always', 'the tag latest'],
    ['registry:5000/i', 'Always', 'a port, which is no tag'],
    ['i:1', 'IfNotPresent', 'another tag'],
    [`i@sha256:${'0'.repeat(64)}`, 'IfNotPresent', 'a digest'],
  ])('image %s is pulled %s: it has %s', (image, expected) => {
    expect(create(kindOf('pods'), containers(image))).toMatchObject({
      spec: { containers: [{ imagePullPolicy: expected }] },
    });
  });

  test('a job selects its pods by its uid, once it has one', () => {
    const jobs = kindOf('jobs', 'batch');
    const job = create(jobs, { spec: { template: { spec: { restartPolicy: 'Never' } } } });
    const known = { ...job, metadata: { name: 'j', uid: 'u' } };
    expect(jobs.strategy.completeNew?.(known)).toMatchObject({
      metadata: { labels: { 'job-name': 'j' } },
      spec: {
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
        template: { metadata: { labels: { 'controller-uid': 'u', 'batch.kubernetes.io/job-name': 'j' } } },
      },
    });
  });

  test('a volume notes when its phase changed', () => {
    const { stampStatus } = kindOf('persistentvolumes').strategy;
    const at = (phase: string) => ({ metadata: {}, status: { phase, lastPhaseTransitionTime: 'before' } });
    const now = Date.parse('2026-01-01T00:00:00.500Z');
    expect(stampStatus?.(at('Bound'), at('Available'), now)).toMatchObject({
      status: { lastPhaseTransitionTime: '2026-01-01T00:00:00Z' },
    });
    expect(stampStatus?.(at('Bound'), at('Bound'), now)).toEqual(at('Bound'));
  });

  test('a pod gets time to end only where a node may run it', () => {
    const { gracePeriodSeconds } = kindOf('pods').strategy;
    const pod = (nodeName: string, phase: string) => ({
      metadata: {},
      spec: { nodeName, terminationGracePeriodSeconds: 30 },
      status: { phase },
    });
    expect(gracePeriodSeconds?.(pod('n', 'Running'))).toBe(30);
    expect(gracePeriodSeconds?.(pod('', 'Pending'))).toBe(0);
    expect(gracePeriodSeconds?.(pod('n', 'Succeeded'))).toBe(0);
  });
});

describe('an event', () => {
  const newer = kindOf('events', 'events.k8s.io');
  test('keeps all it says on the way into the store and back', () => {
    const event = newer.strategy.prepareForCreate({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'n' },
      regarding: { kind: 'Pod', name: 'p', namespace: 'n' },
      note: 'text',
      reason: 'R',
      type: 'Normal',
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'c',
      reportingInstance: 'i',
      series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' },
    });
    const stored = newer.storedAs?.toStored(event);
    expect(stored).toMatchObject({ apiVersion: 'v1', message: 'text', involvedObject: { name: 'p' } });
    expect(newer.storedAs?.fromStored(stored!)).toEqual(event);
  });
});

describe('cells', () => {
  const running = { state: { running: {} }, ready: true };
  const waiting = { state: { waiting: { reason: 'CrashLoopBackOff' } } };
  const ended = (exitCode: number, reason?: string) => ({ state: { terminated: { exitCode, reason } } });
  test.each<[string, object, string]>([
    ['Running', { phase: 'Running', containerStatuses: [running] }, 'what runs'],
    [
      'CrashLoopBackOff',
      { phase: 'Running', containerStatuses: [running, waiting] },
      'why a container waits',
    ],
    ['Error', { phase: 'Failed', containerStatuses: [ended(1, 'Error')] }, 'why a container ended'],
    ['ExitCode:3', { phase: 'Failed', containerStatuses: [ended(3)] }, 'how it ended where nobody says why'],
    [
      'Running',
      { phase: 'Running', containerStatuses: [ended(0, 'Completed'), running] },
      'that one still runs',
    ],
    ['Evicted', { phase: 'Failed', reason: 'Evicted' }, 'the reason of the whole pod'],
    ['Init:0/1', { phase: 'Pending', initContainerStatuses: [running] }, 'that it prepares'],
    [
      'Init:Error',
      { phase: 'Pending', initContainerStatuses: [ended(1, 'Error')] },
      'that it cannot prepare',
    ],
  ])('a pod says %s under STATUS for %j: %s', (expected, status) => {
    const spec = { containers: [{}], initContainers: [{}] };
    expect(cellOf(kindOf('pods'), 'Status', { spec, status })).toBe(expected);
  });

  test.each([
    ['persistentvolumeclaims', 'Status', { status: { phase: 'Bound' } }, 'Bound'],
    ['persistentvolumeclaims', 'Status', { metadata: { deletionTimestamp: 'x' } }, 'Terminating'],
    ['persistentvolumeclaims', 'Capacity', { status: { capacity: { storage: '1Gi' } } }, ''],
    [
      'persistentvolumeclaims',
      'Capacity',
      { spec: { volumeName: 'v' }, status: { capacity: { storage: '1Gi' } } },
      '1Gi',
    ],
    ['persistentvolumes', 'Claim', { spec: { claimRef: { namespace: 'n', name: 'c' } } }, 'n/c'],
    [
      'persistentvolumes',
      'Access Modes',
      { spec: { accessModes: ['ReadWriteMany', 'ReadWriteOnce'] } },
      'RWO,RWX',
    ],
    ['nodes', 'Status', { spec: { unschedulable: true } }, 'Unknown,SchedulingDisabled'],
    ['nodes', 'Roles', { metadata: { labels: { 'node-role.kubernetes.io/worker': '' } } }, 'worker'],
  ])('%s show %s of %j as %j', (plural, column, object, expected) => {
    expect(cellOf(kindOf(plural), column, object)).toBe(expected);
  });

  test('a job says how far it is', () => {
    const jobs = kindOf('jobs', 'batch');
    const done = {
      spec: { completions: 3 },
      status: {
        succeeded: 3,
        startTime: '2025-12-31T23:00:00Z',
        completionTime: '2025-12-31T23:05:00Z',
        conditions: [{ type: 'Complete', status: 'True' }],
      },
    };
    expect(['Status', 'Completions', 'Duration'].map((column) => cellOf(jobs, column, done))).toEqual([
      'Complete',
      '3/3',
      '5m',
    ]);
  });
});
