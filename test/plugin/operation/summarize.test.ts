// What a run says of itself in the end, and what of that stands on record: compared with stored lines.
import { describe, expect, it, test } from 'vitest';
import type { OperationConsent } from '../../../core/operation/operation-record.ts';
import {
  noteStep,
  noteStepDone,
  noteStepLeft,
  noteStepPassed,
  recordStatus,
} from '../../../plugin/operation/operation-status.ts';
import type { RunLog } from '../../../plugin/operation/run-log.ts';
import { describeUp, summarize } from '../../../plugin/operation/summarize.ts';

const start = Date.parse('2026-11-20T12:00:00Z');
const at = (seconds: number): number => start + seconds * 1000;

const consent = (accepts: string): OperationConsent => ({
  accepts,
  maxLoss: 'unknown',
  by: 'alice',
  at: '2026-11-20T12:00:00Z',
});

/** A run that is over, from east to west. */
const logOf = (parts: Partial<RunLog>, begun: readonly string[] = []): RunLog => {
  const log: RunLog = {
    verb: 'relocate',
    from: 'east',
    to: 'west',
    startedAt: start,
    runStartedAt: start,
    phase: 'Succeeded',
    message: undefined,
    endedAt: at(20),
    promotedAt: at(9),
    lastPrimaryAt: at(10),
    lastReadyAt: at(12),
    risk: undefined,
    isPromotedBefore: false,
    staleSite: undefined,
    consents: [],
    workloads: [],
    steps: new Map(),
    ...parts,
  };
  for (const step of begun) {
    const [name = '', site = ''] = step.split(' ');
    noteStep(log, name, site, at(2));
    noteStepDone(log, name, site, at(3));
  }
  return log;
};

const lossOnRecord = (log: RunLog): string | undefined => recordStatus(log)('shop').dataLoss;

const risk = 'at most 4m (last sync 2026-11-20T11:56:00Z, as the backup knew)';
const resynced = { consents: [consent('resync')] };

describe('the line that sums up', () => {
  it('tells how long it took, and what was lost', () => {
    const lines = {
      'a planned move': summarize(1, logOf({}, ['Stop east'])),
      'a failover': summarize(1, logOf({ verb: 'failover', risk })),
      'of what had been handed over': summarize(1, logOf({ verb: 'failover' })),
      'a return': summarize(2, logOf({ verb: 'failback', ...resynced }, ['Resync west', 'Stop east'])),
      'a return of a copy that follows': summarize(1, logOf({ verb: 'failback' })),
      'taken back': summarize(1, logOf({ verb: 'undo', runStartedAt: at(15), phase: 'Undone' })),
    };
    expect(lines).toMatchInlineSnapshot(`
      {
        "a failover": "1 volume failed over from east in 20s; volumes primary after 10s; workloads ready after 12s; lost: at most 4m (last sync 2026-11-20T11:56:00Z, as the backup knew)",
        "a planned move": "1 volume relocated from east in 20s; volumes primary after 10s; workloads ready after 12s; application down for 10s; nothing lost",
        "a return": "2 volumes failed back from east in 20s; volumes primary after 10s; workloads ready after 12s; application down for 10s; nothing lost of east; thrown away: what was written on west alone (unknown how much)",
        "a return of a copy that follows": "1 volume failed back from east in 20s; volumes primary after 10s; workloads ready after 12s; nothing lost",
        "of what had been handed over": "1 volume failed over from east in 20s; volumes primary after 10s; workloads ready after 12s; nothing lost",
        "taken back": "1 volume taken back from east in 5s",
      }
    `);
  });

  it('agrees with what history tells later', () => {
    const log = logOf({ startedAt: start + 900, lastPrimaryAt: at(10) + 100, endedAt: at(20) + 100 });
    expect(summarize(12, log, 3)).toMatch(
      /^12 volumes relocated from east in 20s; 3 were there already; volumes/,
    );
    expect(summarize(2, log)).toMatch(/^2 volumes relocated from east in 20s; volumes primary after 10s/);
    const { startedAt, endedAt, secondsToPrimary } = recordStatus(log)('shop');
    expect({ startedAt, endedAt, secondsToPrimary }).toEqual({
      startedAt: '2026-11-20T12:00:00Z',
      endedAt: '2026-11-20T12:00:20Z',
      secondsToPrimary: 10,
    });
  });
});

describe('what is lost stands on record', () => {
  it.each<[string, RunLog, string | undefined]>([
    [
      'not before it promotes',
      logOf({ verb: 'failover', risk, phase: 'Running', promotedAt: undefined }),
      undefined,
    ],
    ['from the first promote on', logOf({ verb: 'failover', risk, phase: 'Left' }), risk],
    [
      'of a return, once the copy is gone',
      logOf({ verb: 'failback', phase: 'Left', ...resynced }, ['Resync west']),
      'unknown (what was written on west alone was thrown away)',
    ],
    ['of a return not before', logOf({ verb: 'failback', phase: 'Left', ...resynced }), undefined],
    [
      'of a return that is taken back after that',
      logOf({ verb: 'undo', phase: 'Undone', ...resynced }, ['Resync west']),
      'unknown (what was written on west alone was thrown away)',
    ],
    ['of nothing that is taken back', logOf({ verb: 'undo', phase: 'Undone' }), undefined],
    [
      'of a planned move whose target had not followed, once it is promoted',
      logOf({ consents: [consent('lose-since-promote')], phase: 'Left' }),
      'unknown (what was written on east since it became primary)',
    ],
    [
      'of such a move not before that',
      logOf({ consents: [consent('lose-since-promote')], phase: 'Left', promotedAt: undefined }),
      undefined,
    ],
    [
      'of such a move that is taken back',
      logOf({ verb: 'undo', consents: [consent('lose-since-promote')], phase: 'Undone' }),
      undefined,
    ],
    [
      'where it failed before it promoted',
      logOf({ verb: 'failover', risk, phase: 'Failed', promotedAt: undefined }),
      '0s',
    ],
  ])('%s', (_, log, expected) => {
    expect(lossOnRecord(log)).toBe(expected);
  });
});

test('what was taken back has no measures and no older copy', () => {
  const status = recordStatus(logOf({ verb: 'undo', phase: 'Undone', staleSite: 'east' }))('shop');
  expect(Object.keys(status).toSorted()).toEqual(
    ['consents', 'endedAt', 'phase', 'pointOfNoReturnAt', 'startedAt', 'steps', 'workloads'].toSorted(),
  );
});

test('an application that is up is told with its measures', () => {
  expect(describeUp(true, logOf({}))).toBe(
    'the application is up (volumes primary after 10s, workloads ready after 12s)',
  );
  expect(describeUp(false, logOf({ lastReadyAt: undefined }))).toBe(
    'the volumes are primary (volumes primary after 10s)',
  );
});

describe('a step on record', () => {
  const ends = (log: RunLog): (string | undefined)[] =>
    (recordStatus(log)('shop').steps ?? []).map(({ endedAt }) => endedAt?.slice(17, 19));
  const started = (groups: number): RunLog => {
    const log = logOf({});
    for (let group = 0; group < groups; group += 1) noteStep(log, 'Stop', 'east', at(1));
    return log;
  };

  it('ends with its last group', () => {
    const log = started(2);
    noteStepDone(log, 'Stop', 'east', at(2));
    expect(ends(log)).toEqual([undefined]);
    noteStepDone(log, 'Stop', 'east', at(3));
    expect(ends(log)).toEqual(['03']);
  });

  it('has no end where it was left, until a group is past it', () => {
    const log = started(1);
    noteStepLeft(log, 'Stop', 'east');
    expect(ends(log)).toEqual([undefined]);
    noteStepPassed(log, 'Stop', 'east', at(5));
    noteStepPassed(log, 'Stop', 'east', at(6));
    expect(ends(log)).toEqual(['05']);
  });

  it('is not passed while another group is at it', () => {
    const log = started(1);
    noteStepPassed(log, 'Stop', 'east', at(5));
    expect(ends(log)).toEqual([undefined]);
  });
});
