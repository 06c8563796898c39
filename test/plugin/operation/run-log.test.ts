// What a run takes over from an operation that was begun, and what it does not.
import { describe, expect, it, test } from 'vitest';
import { mergeRecords, type Operation } from '../../../core/operation/read-record.ts';
import type { BroughtWorkload, MoveVerb } from '../../../core/plan/move.ts';
import { newRunLog, recordStatus } from '../../../plugin/operation/operation-status.ts';
import { isPastReturn } from '../../../plugin/operation/run-log.ts';
import type { Session } from '../../../plugin/operation/session.ts';
import { on, record } from '../../core/operation/records.ts';
import { factsOf, type MoveSketch, moving } from '../../core/plan/moves.ts';
import { dark } from '../../core/step/pair.ts';
import { deployments, workloadOf } from '../../core/workload/objects.ts';

const now = Date.parse('2026-11-20T12:00:00Z');

/** Begun an hour ago, from east to west, and left after its first promote. */
const unfinished = (
  status: Partial<NonNullable<ReturnType<typeof record>['status']>> = {},
  verb: 'Relocate' | 'Failover' = 'Relocate',
): Operation =>
  mergeRecords([
    on(
      'west',
      record({
        name: 'left-1',
        spec: { verb },
        status: {
          phase: 'Left',
          startedAt: '2026-11-20T11:00:00Z',
          pointOfNoReturnAt: '2026-11-20T11:01:00Z',
          secondsToPrimary: 70,
          consents: [{ accepts: 'force-promote', maxLoss: '4m', by: 'alice', at: '2026-11-20T11:00:00Z' }],
          steps: [{ name: 'Stop', site: 'east', startedAt: '2026-11-20T11:00:00Z' }],
          workloads: [
            { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', site: 'east', replicas: 3 },
            { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', site: 'west', replicas: 5 },
          ],
          ...status,
        },
      }),
    ),
  ])[0] as Operation;

const sessionOf = (
  verb: MoveVerb,
  parts: { unfinished?: Operation; brought?: readonly BroughtWorkload[]; sketch?: MoveSketch } = {},
): Session =>
  ({
    prepared: {
      request: { verb },
      sites: { source: { site: { name: 'east' } }, target: { site: { name: 'west' } } },
      volumes: [moving('db')],
      unfinished: parts.unfinished,
    },
    source: { brought: { claims: new Set(), workloads: parts.brought ?? [] } },
    sizesBefore: new Map(
      parts.unfinished?.workloads
        .filter(({ site }) => site === 'east')
        .map(({ kind, namespace, name, replicas }) => [`${kind} ${namespace}/${name}`, replicas]),
    ),
    facts: () => factsOf({ verb, source: dark, ...parts.sketch }),
  }) as unknown as Session;

const nothing = { accepted: new Map(), denied: [] };

describe('what is gone on with', () => {
  const begun = unfinished();
  const log = newRunLog(sessionOf('relocate', { unfinished: begun }), {
    now,
    losses: nothing,
    adopted: begun,
  });

  test('keeps its times, steps and consents, and cannot be taken back', () => {
    expect(recordStatus(log)('shop')).toMatchObject({
      startedAt: '2026-11-20T11:00:00Z',
      pointOfNoReturnAt: '2026-11-20T11:01:00Z',
      secondsToPrimary: 70,
      consents: [{ accepts: 'force-promote' }],
      steps: [{ name: 'Stop' }],
    });
    expect(isPastReturn(log)).toBe(true);
  });

  test('keeps what it has lost already', () => {
    const lost = unfinished({ dataLoss: 'at most 4m' }, 'Failover');
    const session = sessionOf('failover', { unfinished: lost });
    const going = newRunLog(session, { now, losses: nothing, adopted: lost });
    expect(recordStatus(going)('shop').dataLoss).toBe('at most 4m');
  });
});

describe('what supersedes another', () => {
  const superseding = (verb: MoveVerb, other: Operation) =>
    newRunLog(sessionOf(verb, { unfinished: other }), { now, losses: nothing, adopted: undefined });

  test('begins anew, with the sizes that the other one has recorded of its source', () => {
    const status = recordStatus(superseding('failover', unfinished()))('shop');
    expect(status).toEqual({
      phase: 'Running',
      startedAt: '2026-11-20T12:00:00Z',
      steps: [],
      consents: [],
      workloads: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', site: 'east', replicas: 3 }],
    });
  });

  it.each<[string, Operation, boolean]>([
    ['has promoted there', unfinished(), true],
    ['has promoted nothing', unfinished({ pointOfNoReturnAt: undefined } as never), false],
  ])('can be taken back unless the other one %s', (_, other, expected) => {
    expect(isPastReturn(superseding('failover', other))).toBe(expected);
  });

  test('still tells of the older copy that the other one has left', () => {
    const forced = unfinished({ staleSite: 'east' }, 'Failover');
    expect(superseding('failover', forced).staleSite).toBe('east');
    expect(superseding('failover', unfinished({ staleSite: 'west' })).staleSite).toBeUndefined();
  });
});

test('workloads of a source that is gone are those of the backup, as far as they mount what is moved', () => {
  const workload = (name: string, claim: string): BroughtWorkload => ({
    kind: 'Deployment',
    namespace: 'shop',
    name,
    claims: [claim],
    mounts: [claim],
    size: 2,
  });
  const session = sessionOf('failover', { brought: [workload('web', 'db'), workload('other', 'logs')] });
  const log = newRunLog(session, { now, losses: nothing, adopted: undefined });
  expect(log.workloads).toEqual([
    { namespace: 'shop', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', site: 'east', replicas: 2 },
  ]);
});

test('workloads of a source that answers are what it shows, with the sizes that were recorded', () => {
  const sketch: MoveSketch = { source: {}, sourceRuns: [workloadOf(deployments, { replicas: 0 })] };
  const session = sessionOf('relocate', { unfinished: unfinished(), sketch });
  const log = newRunLog(session, { now, losses: nothing, adopted: undefined });
  expect(log.workloads).toMatchObject([{ name: 'web', site: 'east', replicas: 3 }]);
});
