import { describe, expect, it } from 'vitest';
import type { OperationRecord } from '../../../core/operation/operation-record.ts';
import {
  isHeld,
  isResumable,
  mergeRecords,
  type Operation,
  stepOf,
} from '../../../core/operation/read-record.ts';
import { lease, on, type RecordSketch, record } from './records.ts';

type Status = NonNullable<OperationRecord['status']>;

const only = (operations: readonly Operation[]): Operation => {
  expect(operations).toHaveLength(1);
  return operations[0]!;
};

/** The same record with one status on east and another on west. */
const copies = (here: Status | undefined, there: Status | undefined): Operation => {
  const [a, b] = [here, there].map((status) => record(status && { status }));
  const seen = only(mergeRecords([on('east', a!), on('west', b!)]));
  const { records: _, ...other } = only(mergeRecords([on('west', b!), on('east', a!)]));
  expect(seen, 'the order of sites does not matter').toMatchObject(other);
  return seen;
};

describe('the phase of an operation that both sites have a record of', () => {
  it.each<{ title: string; here: Status | undefined; there: Status | undefined; phase: string }>([
    {
      title: 'is that of the newest lease: the other site was not reached since',
      here: { phase: 'Left', lease: lease('11:00:00') },
      there: { phase: 'Running', lease: lease('11:30:00') },
      phase: 'Running',
    },
    {
      title: 'is the end where that is newer than the lease',
      here: { phase: 'Running', lease: lease('11:30:00') },
      there: { phase: 'Succeeded', lease: lease('11:30:00'), endedAt: '2026-11-20T11:31:00Z' },
      phase: 'Succeeded',
    },
    {
      title: 'is the end where the last lease is a fraction of its second newer',
      here: { phase: 'Running', lease: lease('11:30:05.700000') },
      there: { phase: 'Succeeded', endedAt: '2026-11-20T11:30:05Z' },
      phase: 'Succeeded',
    },
    {
      title: 'is running again where it was resumed after its end',
      here: { phase: 'Failed', endedAt: '2026-11-20T11:30:00Z', lease: lease('11:30:00') },
      there: { phase: 'Running', lease: lease('11:40:00') },
      phase: 'Running',
    },
    {
      title: 'is running before its first status is written',
      here: undefined,
      there: undefined,
      phase: 'Running',
    },
    {
      title: 'is what the one site says that has a status',
      here: { phase: 'Running', lease: lease('11:30:00') },
      there: undefined,
      phase: 'Running',
    },
    {
      title: 'is the worse of two ends of one second',
      here: { phase: 'Succeeded', endedAt: '2026-11-20T11:30:00Z' },
      there: { phase: 'Failed', endedAt: '2026-11-20T11:30:00Z' },
      phase: 'Failed',
    },
  ])('$title', ({ here, there, phase }) => {
    expect(copies(here, there).phase).toBe(phase);
  });
});

describe('what two sites tell of one operation', () => {
  const step = (name: string, startedAt: string, endedAt?: string) => ({
    name,
    site: 'east',
    startedAt: `2026-11-20T${startedAt}Z`,
    ...(endedAt && { endedAt: `2026-11-20T${endedAt}Z` }),
  });

  it('has each step once, as the record knows it that was written last', () => {
    const { steps } = copies(
      { lease: lease('11:30:00'), steps: [step('Stop', '11:29:00')] },
      {
        lease: lease('11:31:00'),
        steps: [step('Stop', '11:29:00', '11:30:30'), step('Demote', '11:30:30')],
      },
    );
    expect(steps.map(({ name, endedAt }) => [name, endedAt])).toEqual([
      ['Stop', '2026-11-20T11:30:30Z'],
      ['Demote', undefined],
    ]);
  });

  it('loses no consent and no workload that one of them alone has', () => {
    const consent = { accepts: 'force-promote', maxLoss: '15m', by: 'bob', at: '2026-11-20T11:20:00Z' };
    const workload = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', site: 'east', replicas: 3 };
    const seen = copies(
      { lease: lease('11:20:00'), consents: [consent], workloads: [workload] },
      { lease: lease('11:31:00'), consents: [{ ...consent, accepts: 'resync', at: '2026-11-20T11:25:00Z' }] },
    );
    expect(seen.consents.map(({ accepts }) => accepts)).toEqual(['force-promote', 'resync']);
    expect(seen.workloads).toEqual([{ ...workload, namespace: 'shop' }]);
  });

  it('passed the point of no return as soon as one of them says so', () => {
    const at = '2026-11-20T11:29:00Z';
    expect(
      copies({ pointOfNoReturnAt: at, lease: lease('11:29:00') }, { lease: lease('11:30:00') }),
    ).toMatchObject({
      pointOfNoReturnAt: Date.parse(at),
    });
  });

  it('begins at the first time told, and has no end while it runs', () => {
    const ended = '2026-11-20T11:10:00Z';
    const startedAt = '2026-11-20T11:00:00Z';
    const resumed = copies(
      { phase: 'Failed', startedAt, endedAt: ended },
      { phase: 'Running', startedAt, endedAt: ended, lease: lease('11:30:00') },
    );
    expect([resumed.startedAt, resumed.endedAt]).toEqual([Date.parse(startedAt), undefined]);
    const { startedAt: created, lastHeardAt } = copies(undefined, undefined);
    expect([created, lastHeardAt]).toEqual([
      Date.parse('2026-11-20T11:50:00Z'),
      Date.parse('2026-11-20T11:50:00Z'),
    ]);
  });
});

describe('an operation in several namespaces', () => {
  const inNamespace = (namespace: string, sketch: RecordSketch = {}) => record({ namespace, ...sketch });

  it('is one, with the volumes, workloads and steps of all, each with its namespace', () => {
    const step = { name: 'Stop', site: 'east', startedAt: '2026-11-20T11:29:00Z' };
    const seen = only(
      mergeRecords([
        on(
          'east',
          inNamespace('web', {
            spec: { volumes: [{ persistentVolumeClaim: 'db' }] },
            status: { steps: [step] },
          }),
          inNamespace('shop', { status: { steps: [step] } }),
        ),
        on('west', inNamespace('web')),
      ]),
    );
    expect(seen.volumes).toEqual([
      { namespace: 'shop', persistentVolumeClaim: 'db' },
      { namespace: 'web', persistentVolumeClaim: 'db' },
    ]);
    expect(seen.steps.map(({ namespace }) => namespace)).toEqual(['shop', 'web']);
    expect(seen.records.map(({ site, namespace }) => `${site.name}/${namespace}`)).toEqual([
      'east/web',
      'east/shop',
      'west/web',
    ]);
  });

  it('has a consent once that each namespace repeats', () => {
    const consents = [{ accepts: 'resync', maxLoss: 'unknown', by: 'bob', at: '2026-11-20T11:20:00Z' }];
    const seen = only(
      mergeRecords([
        on(
          'east',
          inNamespace('web', { status: { consents } }),
          inNamespace('shop', { status: { consents } }),
        ),
      ]),
    );
    expect(seen.consents).toEqual(consents);
  });

  it.each([
    { losses: ['0s', 'at most 4m'], loss: 'at most 4m' },
    { losses: ['at most 90s', 'at most 4m'], loss: 'at most 4m' },
    { losses: ['unknown', 'at most 4m'], loss: 'unknown' },
    { losses: ['who knows', 'unknown'], loss: 'unknown' },
    { losses: [undefined, '0s'], loss: '0s' },
    { losses: [undefined, undefined], loss: undefined },
  ])('lost the most that any of them lost: $losses', ({ losses, loss }) => {
    const records = losses.map((dataLoss, index) =>
      inNamespace(`n${index}`, {
        status: { secondsToPrimary: 40 + index, ...(dataLoss !== undefined && { dataLoss }) },
      }),
    );
    expect(only(mergeRecords([on('east', ...records)]))).toMatchObject({
      dataLoss: loss,
      secondsToPrimary: 41,
    });
  });
});

describe('several operations', () => {
  it('come with the latest first', () => {
    const names = mergeRecords([
      on('east', record({ name: 'old', createdAt: '2026-11-19T00:00:00Z' }), record({ name: 'b' })),
      on('west', record({ name: 'a' }), record({ name: 'new', createdAt: '2026-11-21T00:00:00Z' })),
    ]).map(({ name }) => name);
    expect(names).toEqual(['new', 'a', 'b', 'old']);
  });
});

describe('a lease', () => {
  const held = lease('11:30:00');
  it.each([
    {
      title: 'that was seen unchanged for less than its duration is held',
      seenSince: 100_000,
      now: 114_999,
      is: true,
    },
    { title: 'that was seen unchanged for its duration is not', seenSince: 100_000, now: 115_000, is: false },
    {
      title: 'that was looked at once is held, however old it reads',
      seenSince: undefined,
      now: 9e15,
      is: true,
    },
  ])('$title', ({ seenSince, now, is }) => {
    expect(isHeld(held, seenSince, now)).toBe(is);
  });

  it('that is not there, or was let go, is not held', () => {
    expect(isHeld(undefined, undefined, 0)).toBe(false);
    expect(isHeld({ ...held, holder: '' }, undefined, 0)).toBe(false);
  });
});

describe('how far an operation is', () => {
  const stepAt = (name: string, minute: number, endedAt?: string) => ({
    name,
    site: 'east',
    namespace: 'shop',
    startedAt: `2026-11-20T11:${minute}:00Z`,
    ...(endedAt && { endedAt }),
  });

  it('is told by the last step that has not ended, else by the last', () => {
    const ended = '2026-11-20T11:59:00Z';
    expect(stepOf({ steps: [stepAt('Stop', 10), stepAt('Demote', 11, ended)] })?.name).toBe('Stop');
    expect(stepOf({ steps: [stepAt('Stop', 10, ended), stepAt('Demote', 11, ended)] })?.name).toBe('Demote');
    expect(stepOf({ steps: [] })).toBeUndefined();
  });

  it('says whether it can be resumed', () => {
    const phases = ['Running', 'Succeeded', 'Failed', 'Left', 'Undone', 'Superseded'] as const;
    expect(phases.filter((phase) => isResumable({ phase }))).toEqual(['Failed', 'Left']);
  });
});
