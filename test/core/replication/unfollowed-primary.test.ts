// A primary that is asked to be secondary, by whether the other site has followed it.
import { describe, expect, test } from 'vitest';
import { consentAnnotation } from '../../../core/consent.ts';
import { demotionAnnotation, demotionText, type FollowedState } from '../../../core/following/demotion.ts';
import type { Condition } from '../../../core/model/kubernetes-object.ts';
import type { VolumeReplicationStatus } from '../../../core/model/volume-replication.ts';
import type { Answers, Failure, InfoAnswer } from '../../../core/replication/answer.ts';
import type { Facts } from '../../../core/replication/facts.ts';
import {
  conditionLines,
  driverName,
  facts,
  followed,
  followedPrimary,
  type Played,
  play,
  replication,
  startOfTests,
} from './play.ts';

const ok = { ok: true } as const;
const ready = { ok: true, ready: true } as const;
const failure = (code: Failure['code'], description = 'x'): Failure => ({ ok: false, code, description });
const syncedAt = (lastSyncTime: number | undefined): InfoAnswer => ({
  ok: true,
  info: {
    lastSyncTime,
    lastSyncDuration: undefined,
    lastSyncBytes: 0,
    health: 'healthy',
    message: 'local image is primary',
  },
});
const noSync = failure('NotFound', 'failed to get last sync info: empty local snapshot timestamp');

const promotedAt = startOfTests - 8_000;
const before = syncedAt(promotedAt - 60_000);
const since = syncedAt(promotedAt + 5_000);

const secondary = { replicationState: 'secondary' } as const;
const timeOf = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** Promoted 8 s ago, as the status tells of the spec that it was promoted by; generation 4 asks for secondary. */
const unfollowed = (differs: Partial<Condition> = {}): VolumeReplicationStatus => ({
  state: 'Primary',
  observedGeneration: 3,
  conditions: [
    followed({ status: 'False', reason: 'NoSyncYet', lastTransitionTime: timeOf(promotedAt), ...differs }),
  ],
});

const asked = (
  status: VolumeReplicationStatus | undefined,
  { annotations, ...change }: Partial<Facts> & { annotations?: Record<string, string> } = {},
): Facts =>
  facts({
    replication: replication(secondary, status, { generation: 4, ...(annotations && { annotations }) }),
    ...change,
  });

const consentTo = (...accepts: string[]) => ({
  [consentAnnotation]: JSON.stringify({
    accepts,
    maxLoss: 'unknown',
    by: 'alice',
    expires: timeOf(startOfTests + 600_000),
  }),
});

const markOf = (state: FollowedState, generation = 4) => ({
  [demotionAnnotation]: demotionText({ followed: state, at: startOfTests }, generation),
});

const lineOf = (type: string, { status }: Played): string | undefined =>
  conditionLines(status).find((line) => line.startsWith(`${type}=`));

describe('a primary that is to become secondary', () => {
  test('is demoted at once where the other site is known to have followed, and the driver still tells of a sync', () => {
    const played = play(asked(followedPrimary()), { info: before, demote: ok });
    expect(played.steps).toEqual(['info', 'mark-demotion', 'demote']);
  });

  test.each(['Unavailable', 'DeadlineExceeded', 'InvalidArgument'] as const)(
    'is demoted at once where it was followed, though the driver answers %s: that is no news about the copy',
    (code) => {
      const played = play(asked(followedPrimary()), { info: failure(code), demote: ok });
      expect(played.steps).toEqual(['info', 'mark-demotion', 'demote']);
    },
  );

  test.each([noSync, failure('FailedPrecondition'), failure('Internal'), syncedAt(undefined)])(
    'is not demoted where it was followed, and the driver tells of no sync any more: the copy over there failed, or went its own way',
    (info) => {
      const played = play(asked(followedPrimary()), { info });
      expect(played.steps).toEqual(['info']);
      expect(played.status?.message).toMatch(
        /^DR113: the other site followed VolumeReplication default\/vr, and the driver tells of no sync any more/,
      );
      expect(lineOf('Followed', played)).toMatch(/^Followed=False NoLongerFollowed/);
      const later = { now: startOfTests + 8_000 };
      expect(play(asked(played.status, later), { info }).steps).toEqual(['info']);
      const again = play(asked(played.status, later), { info: before, demote: ok });
      expect(again.steps).toEqual(['info', 'mark-demotion', 'demote']);
    },
  );

  test('is demoted once the driver tells of a sync since the promote, in the pass in which it does', () => {
    const played = play(asked(unfollowed()), { info: since, demote: ok });
    expect(played.steps).toEqual(['info', 'mark-demotion', 'demote']);
    expect(played.status).toMatchObject({ state: 'Secondary' });
  });

  test.each<[string, VolumeReplicationStatus, InfoAnswer, RegExp]>([
    [
      'the last sync is of before the promote',
      unfollowed(),
      before,
      /^DR113: the other site has not followed VolumeReplication default\/vr since it became primary \(8s ago\)/,
    ],
    ['there is no sync', unfollowed(), noSync, /^DR113: the other site has not followed/],
    [
      'the driver answers no error that says so',
      unfollowed(),
      failure('Unavailable'),
      /^DR113: the other site has not/,
    ],
    [
      'nobody saw the promote, and every sync is of before the first look',
      { state: 'Primary', observedGeneration: 3 },
      syncedAt(startOfTests - 1_000),
      /^DR113: the other site has not/,
    ],
    ['the driver knows no sync times', unfollowed(), failure('Unimplemented'), /^DR113: cannot tell/],
    [
      'the last sync lies in the future',
      unfollowed(),
      syncedAt(startOfTests + 60_000),
      /DR113: cannot tell .*clocks differ/,
    ],
  ])('is not demoted where %s, and says so', (_, status, info, message) => {
    const played = play(asked(status), { info });
    expect(played.steps).toEqual(['info']);
    expect(played.status).toMatchObject({
      state: 'Primary',
      observedGeneration: 4,
      message: expect.stringMatching(message),
    });
    expect(lineOf('Completed', played)).toBe('Completed=False FailedToDemote: failed to meet prerequisite');
    expect(lineOf('Validated', played)).toMatch(/^Validated=False PrerequisiteNotMet: .*DR113: /);
    expect(lineOf('Followed', played)).toMatch(/^Followed=(False|Unknown)/);
    expect(played.last).toMatchObject({ notes: [{ type: 'Warning', reason: 'DemoteRefused' }] });
  });

  test('is not demoted in journal mode, of which a driver tells no sync times', () => {
    const replicationClass = {
      metadata: { name: 'class' },
      spec: { provisioner: driverName, parameters: { mirroringMode: 'journal' } },
    };
    const played = play(asked(unfollowed(), { replicationClass }), { info: since });
    expect(played.steps).toEqual(['info']);
    expect(lineOf('Followed', played)).toMatch(/^Followed=Unknown SyncTimesNotTold/);
  });

  test.each([
    [0, 1_000],
    [2_000, 2_000],
    [8_000, 8_000],
    [600_000, 15_000],
  ])('that was promoted %i ms ago is asked about again after %i ms', (age, ms) => {
    const status = unfollowed({ lastTransitionTime: timeOf(startOfTests - age) });
    expect(play(asked(status), { info: noSync }).last).toMatchObject({ requeue: { when: 'after', ms } });
  });

  test('is waited for from the same promote in every pass, and demoted by what a later one is told', () => {
    const first = play(asked(unfollowed()), { info: noSync });
    const later = { now: startOfTests + 8_000 };
    expect(play(asked(first.status, later), { info: noSync }).last).toMatchObject({
      requeue: { when: 'after', ms: 15_000 },
    });
    expect(play(asked(first.status, later), { info: noSync }).patch).toMatchObject({
      message: expect.stringContaining('(16s ago)'),
    });
    const played = play(asked(first.status, later), { info: since, demote: ok });
    expect(played.steps).toEqual(['info', 'mark-demotion', 'demote']);
  });

  test('that the driver demoted before the controller was killed is taken for what it is, and the note of that demotion stays', () => {
    const noPrimary = failure('InvalidArgument', 'image is not in primary state');
    const given = asked(unfollowed(), { annotations: markOf('yes') });
    const played = play(given, { info: noPrimary, demote: ok });
    expect(played.steps).toEqual(['info', 'demote']);
    expect(played.annotations[demotionAnnotation]).toContain('"followed":"yes"');
    expect(played.status).toMatchObject({ state: 'Secondary' });
  });

  test('that somebody demoted behind the back of the controller is noted as what is known of it', () => {
    const noPrimary = failure('InvalidArgument', 'image is not in primary state');
    const played = play(asked(unfollowed()), { info: noPrimary, demote: ok });
    expect(played.steps).toEqual(['info', 'mark-demotion', 'demote']);
    expect(played.annotations[demotionAnnotation]).toContain('"followed":"no"');
  });

  test('still counts as followed after a demotion that failed once', () => {
    const inUse = failure('FailedPrecondition', 'metadata is still present on the image');
    const failed = play(asked(followedPrimary()), { info: since, demote: inUse });
    expect(failed.status).toMatchObject({ state: 'Primary', observedGeneration: 4 });
    const again = play(asked(failed.status, { now: startOfTests + 1_000 }), { info: since, demote: ok });
    expect(again.steps).toEqual(['info', 'mark-demotion', 'demote']);
    expect(again.status).toMatchObject({ state: 'Secondary' });
  });

  test('still counts as followed after a pass in which the driver was away', () => {
    const driver = { name: driverName, state: 'unavailable', reason: 'nobody listens' } as const;
    const primary = facts({ replication: replication({}, followedPrimary(), { generation: 4 }), driver });
    const { status } = play(primary);
    expect(status?.observedGeneration).toBe(4);
    const then = facts({ replication: replication(secondary, status, { generation: 5 }) });
    expect(play(then, { info: since, demote: ok }).steps).toEqual(['info', 'mark-demotion', 'demote']);
  });
});

describe('a volume of which no status tells what it is, and that is to become secondary', () => {
  const untold = (more: Record<string, string> = {}, generation = 1): Facts =>
    facts({
      replication: replication(secondary, undefined, { generation, annotations: more }),
    });
  const none = failure('InvalidArgument', 'image is not in primary state');

  test('is demoted where the driver says that it is a replica', () => {
    expect(play(untold(), { info: none, demote: ok }).steps).toEqual(['info', 'demote']);
  });

  test.each([before, syncedAt(startOfTests - 1_000)])(
    'is not demoted where the driver tells of its last sync, as only of a primary: it was perhaps promoted since',
    (info) => {
      const played = play(untold(), { info });
      expect(played.steps).toEqual(['info']);
      expect(played.status).toMatchObject({
        state: 'Primary',
        message: expect.stringMatching(/^DR113: the/),
      });
      expect(lineOf('Followed', played)).toMatch(/^Followed=False PromoteNotSeen/);
    },
  );

  test('is demoted once a sync is told of that is later than the wish', () => {
    const refused = play(untold(), { info: before }).status;
    const given = facts({
      replication: replication(secondary, refused, { generation: 1 }),
      now: startOfTests + 60_000,
    });
    const played = play(given, { info: syncedAt(startOfTests + 30_000), demote: ok });
    expect(played.steps).toEqual(['info', 'mark-demotion', 'demote']);
  });

  test('is asked to where the driver finds no such volume: there is none that could have been promoted', () => {
    const gone = failure('NotFound', 'pool 2 not found for 0001: pool not found');
    expect(play(untold(), { info: gone, demote: gone }).steps).toEqual(['info', 'demote']);
    const noSync = failure('NotFound', 'failed to get last sync info: last sync time not found');
    expect(play(untold(), { info: noSync }).steps).toEqual(['info']);
  });

  test.each(['NotFound', 'FailedPrecondition', 'Internal', 'Unavailable'] as const)(
    'is not demoted where the driver answers %s: it may be a primary',
    (code) => {
      const played = play(untold(), { info: failure(code) });
      expect(played.steps).toEqual(['info']);
      expect(played.status?.message).toMatch(/^DR113: cannot tell .*whether it is primary is not known/);
    },
  );

  test('is demoted with consent, and that nobody could tell is written down', () => {
    const played = play(untold(consentTo('lose-since-promote')), {
      info: failure('FailedPrecondition'),
      demote: ok,
    });
    expect(played.steps).toEqual(['info', 'record-consent', 'mark-demotion', 'demote', 'remove-consent']);
    expect(played.annotations[demotionAnnotation]).toContain('"followed":"unknown"');
  });

  test.each([
    [1, ['info', 'demote']],
    [2, ['info']],
  ])('by a driver that knows no such call: in its version %i the calls are %j', (generation, steps) => {
    const given = untold({}, generation);
    expect(play(given, { info: failure('Unimplemented'), demote: ok }).steps).toEqual(steps);
  });
});

describe('a primary beside another one', () => {
  const beside = (by: 'both' | 'status' | 'spec') =>
    play(
      asked(unfollowed(), { hasPeer: true }),
      { info: noSync, demote: ok },
      { peer: { state: 'primary', site: 'there', replication: 'default/vr', by } },
    );

  test.each(['both', 'status'] as const)(
    'steps down without consent, by %s: nothing is handed over, and its mark says that nobody has its writes',
    (by) => {
      const { steps, annotations, status } = beside(by);
      expect(steps).toEqual(['info', 'look before demote', 'mark-demotion', 'demote']);
      expect(annotations[demotionAnnotation]).toContain('"followed":"no"');
      expect(status).toMatchObject({ state: 'Secondary' });
    },
  );

  test('does not while that one is only asked to be primary', () => {
    expect(beside('spec').steps).toEqual(['info', 'look before demote']);
  });

  test.each([
    { state: 'not-primary', site: 'there' },
    { state: 'unknown', site: 'there', why: 'it is dark' },
  ] as const)('does not where the other site is $state', (peer) => {
    const given = asked(unfollowed(), { hasPeer: true });
    expect(play(given, { info: noSync }, { peer }).steps).toEqual(['info', 'look before demote']);
  });
});

describe('a demotion that nobody has followed', () => {
  const given = (...accepts: string[]) => asked(unfollowed(), { annotations: consentTo(...accepts) });

  test('proceeds with consent, which is used up by it', () => {
    const played = play(given('lose-since-promote'), { info: before, demote: ok });
    expect(played.steps).toEqual(['info', 'record-consent', 'mark-demotion', 'demote', 'remove-consent']);
    expect(played.status).toMatchObject({ state: 'Secondary' });
  });

  test('proceeds with consent also where nobody can tell', () => {
    const unseen = asked(
      { state: 'Primary', observedGeneration: 3 },
      { annotations: consentTo('lose-since-promote') },
    );
    const played = play(unseen, { info: failure('Unimplemented'), demote: ok });
    expect(played.steps).toEqual(['info', 'record-consent', 'mark-demotion', 'demote', 'remove-consent']);
  });

  test.each(['demote-in-use', 'force-promote', 'resync', 'unprotect'])(
    'does not proceed with consent to %s',
    (action) => {
      expect(play(given(action), { info: before }).steps).toEqual(['info']);
    },
  );

  test('keeps its consent while the driver fails', () => {
    const played = play(given('lose-since-promote'), { info: before, demote: failure('Internal') });
    expect(played.steps).toEqual(['info', 'record-consent', 'mark-demotion', 'demote']);
  });
});

describe('the mark of a demotion', () => {
  const withConsent = { annotations: consentTo('lose-since-promote') };
  const reallyMarked = ({ annotations }: Played): unknown =>
    JSON.parse(annotations[demotionAnnotation] ?? 'null');

  test.each<[string, FollowedState, Facts, Answers]>([
    ['that the other site had followed', 'yes', asked(followedPrimary()), { info: since, demote: ok }],
    ['that it had not', 'no', asked(unfollowed(), withConsent), { info: before, demote: ok }],
    [
      'that nobody can tell',
      'unknown',
      asked(unfollowed(), withConsent),
      { info: failure('Unimplemented'), demote: ok },
    ],
  ])('says %s, of the spec that asks for it', (_, state, given, answers) => {
    expect(reallyMarked(play(given, answers))).toEqual({
      followed: state,
      generation: 4,
      at: '2026-03-01T12:00:00Z',
      ...(state === 'yes' && { lastSync: expect.stringMatching(/Z$/) }),
    });
  });

  test('that somebody wrote with the demotion, and that says the same, is left as it is', () => {
    const played = play(asked(followedPrimary(), { annotations: markOf('yes') }), {
      info: since,
      demote: ok,
    });
    expect(played.steps).toEqual(['info', 'demote']);
  });

  test.each([
    ['that somebody wrote and that says something else', markOf('no')],
    ['of an earlier demotion', markOf('yes', 2)],
    ['that cannot be read', { [demotionAnnotation]: '{' }],
  ])('%s is written over', (_, annotations) => {
    const played = play(asked(followedPrimary(), { annotations }), { info: since, demote: ok });
    expect(played.steps).toEqual(['info', 'mark-demotion', 'demote']);
    expect(reallyMarked(played)).toMatchObject({ followed: 'yes', generation: 4 });
  });

  test('lets nobody be demoted by what it says: the controller looks itself', () => {
    const given = asked(unfollowed(), { annotations: markOf('yes') });
    expect(play(given, { info: before }).steps).toEqual(['info']);
  });
});

describe('a volume that was demoted before the other site had followed it', () => {
  const demoted = play(asked(unfollowed(), { annotations: consentTo('lose-since-promote') }), {
    info: before,
    demote: ok,
  });
  const then = (annotations: Record<string, string>, more: Partial<Facts> = {}) =>
    asked(demoted.status, { annotations, now: startOfTests + 30_000, ...more });

  test.each(['no', 'unknown'] as const)(
    'never says that it is in sync, however equal the driver calls the two, where its mark says %s',
    (state) => {
      const played = play(then(markOf(state)), { demote: ok, resync: ready });
      expect(played.status).toMatchObject({
        state: 'Secondary',
        message: 'volume is degraded: it was demoted before the other site had followed it',
      });
      expect(lineOf('Degraded', played)).toMatch(/^Degraded=True/);
      expect(played.last).toMatchObject({ requeue: { when: 'after', ms: 30_000 } });
    },
  );

  test('is in sync again where it was marked as followed, or not marked at all', () => {
    for (const annotations of [markOf('yes'), {}])
      expect(play(then(annotations), { demote: ok, resync: ready }).status).toMatchObject({
        message: 'volume is marked secondary',
      });
  });

  test('is not held by the mark of an earlier demotion', () => {
    expect(play(then(markOf('no', 3)), { demote: ok, resync: ready }).status).toMatchObject({
      message: 'volume is marked secondary',
    });
  });

  test('tells nothing of Followed any more', () => {
    expect(lineOf('Followed', demoted)).toBeUndefined();
  });
});

describe('a promote', () => {
  const own = (state: FollowedState, generation = 3) => markOf(state, generation);
  const promote = (annotations: Record<string, string>, demotion: unknown) => {
    const left = { replication: 'default/vr', kind: 'VolumeReplication', demotion } as never;
    const secondaryNow: VolumeReplicationStatus = { state: 'Secondary', observedGeneration: 3 };
    return play(
      facts({
        hasPeer: true,
        forcePolicy: 'consent',
        replication: replication({}, secondaryNow, { generation: 4, annotations }),
      }),
      { enable: ok, promote: ok, info: noSync },
      { peer: { state: 'not-primary', site: 'there', left } },
    );
  };
  const at = startOfTests - 60_000;

  test.each([
    [
      'no',
      /^DR113: there was demoted before this site had followed it \(VolumeReplication default\/vr there\)/,
    ],
    ['unknown', /^DR113: nothing tells whether this site had followed there when that was demoted/],
  ])('is refused where the other site was demoted with the mark %s', (state, message) => {
    const played = promote({}, { kind: 'marked', followed: state, at });
    expect(played.steps).toEqual(['look before promote']);
    expect(played.status?.message).toMatch(message);
    expect(played.last).toMatchObject({ notes: [{ reason: 'PromoteRefused' }] });
  });

  test('is refused where the other site does not tell', () => {
    expect(promote({}, { kind: 'unmarked', at }).steps).toEqual(['look before promote']);
  });

  test('is let through where this site was primary later', () => {
    const mark = { [demotionAnnotation]: demotionText({ followed: 'no', at: startOfTests }, 3) };
    const steps = promote(mark, { kind: 'marked', followed: 'no', at: at - 600_000 }).steps;
    expect(steps).toContain('promote');
    expect(promote(own('no', 2), { kind: 'unmarked', at: at - 600_000 }).steps).not.toContain('promote');
  });

  test('is let through with consent, which is taken away and told of', () => {
    const played = promote(consentTo('lose-since-promote'), { kind: 'marked', followed: 'no', at });
    expect(played.steps).toEqual([
      'look before promote',
      'record-consent',
      'enable',
      'promote',
      'remove-consent',
      'info',
    ]);
  });
});
