import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../core/replication/answer.ts';
import {
  conditionLines,
  facts,
  followedPrimary,
  synced as info,
  play,
  replication,
  startOfTests,
} from './play.ts';

const ok = { ok: true } as const;
const failure = (code: Failure['code'], description: string): Failure => ({ ok: false, code, description });
const running = { ok: true, ready: false } as const;
const ready = { ok: true, ready: true } as const;

const toSecondary = (status?: Parameters<typeof replication>[1], autoResync = false) =>
  facts({ replication: replication({ replicationState: 'secondary', autoResync }, status) });

describe('a volume that is to become secondary', () => {
  test('is demoted first, and looked at again a second later', () => {
    const played = play(toSecondary(followedPrimary()), { info, demote: ok });
    expect(played.steps).toEqual(['info', 'mark-demotion', 'demote']);
    expect(played.status).toMatchObject({
      state: 'Secondary',
      message: 'volume is marked secondary and is degraded',
    });
    expect(played.status?.lastCompletionTime).toBeUndefined();
    expect(conditionLines(played.status)).toEqual([
      'Completed=True Demoted: volume is demoted to secondary',
      'Degraded=True VolumeDegraded: volume is degraded',
      'Resyncing=False NotResyncing: volume is not resyncing',
      'Validated=True PrerequisiteMet: volume is validated and met all prerequisites',
    ]);
    expect(played.last).toMatchObject({
      requeue: { when: 'after', ms: 1_000 },
      notes: [{ reason: 'Demoted' }],
    });
  });

  test('forgets at once what it knew of its mirroring as a primary', () => {
    const type = 'Replicating';
    const lastTransitionTime = '2026-03-01T11:00:00Z';
    const known = { type, status: 'True', reason: type, message: '', lastTransitionTime } as const;
    const status = followedPrimary({ lastSyncTime: '2026-03-01T11:59:00Z', conditions: [known] });
    const played = play(toSecondary(status), { info, demote: ok });
    expect(played.patch).toMatchObject({ lastSyncTime: null });
    expect(conditionLines(played.status).join()).not.toMatch(/Replicating|Followed/);
  });

  test('warns when the resync that begins discards what only this site holds', () => {
    const begun = (autoResync: boolean) =>
      play(toSecondary({ state: 'Secondary' }, autoResync), { demote: ok, resync: running }).last;
    expect(begun(true)).toMatchObject({ notes: [{ type: 'Warning', reason: 'ResyncForced' }] });
    expect(begun(false)).toMatchObject({ notes: [{ type: 'Normal', reason: 'Resyncing' }] });
  });

  test('says why it cannot be demoted', () => {
    const published = 'volume cannot be demoted: metadata is still present on the image';
    const played = play(toSecondary(followedPrimary()), {
      info,
      demote: failure('FailedPrecondition', published),
    });
    expect(played.status).toMatchObject({ state: 'Primary', message: published });
    expect(conditionLines(played.status)).toEqual([
      expect.stringMatching(/^Followed=True/),
      'Completed=False FailedToDemote: failed to demote volume',
      `Degraded=True Error: volume failed to demote: rpc error: code = FailedPrecondition desc = ${published}`,
      'Resyncing=False NotResyncing: volume is not resyncing',
    ]);
    expect(played.last).toMatchObject({ requeue: { when: 'backoff' } });
  });
});

describe('a volume that is secondary', () => {
  const demoted = play(toSecondary(followedPrimary({ lastSyncTime: '2026-01-01T00:00:00Z' })), {
    info,
    demote: ok,
  }).status;

  test.each([
    [500, 1_000],
    [4_000, 4_000],
    [20_000, 20_000],
    [600_000, 30_000],
  ])('demoted for %i ms, it is looked at again in %i ms: a move waits for the last snapshot', (age, ms) => {
    const facts = { ...toSecondary(demoted), now: startOfTests + age };
    const played = play(facts, { demote: ok, resync: running });
    expect(played.last).toMatchObject({ requeue: { when: 'after', ms } });
  });

  test.each([
    { resyncPollMs: 2_000, running: 2_000, failed: 2_000 },
    { resyncPollMs: 120_000, running: 120_000, failed: 15_000 },
  ])('is looked at as often as is asked for: $resyncPollMs ms', (asked) => {
    const facts = {
      ...toSecondary(demoted),
      now: startOfTests + 600_000,
      resyncPollMs: asked.resyncPollMs,
    };
    const lookAfter = (resync: typeof running | ReturnType<typeof failure>) =>
      play(facts, { demote: ok, resync }).last;
    expect(lookAfter(running)).toMatchObject({ requeue: { when: 'after', ms: asked.running } });
    expect(lookAfter(failure('Unknown', 'not yet'))).toMatchObject({
      requeue: { when: 'after', ms: asked.failed },
    });
  });

  test('is looked at again after 1, 2, 4 and 8 s, and then every 15 s, once its look at the other site fails', () => {
    const fails = { demote: ok, resync: failure('Internal', 'no local snapshot yet') };
    const first = play(toSecondary(demoted), fails);
    expect(first.last).toMatchObject({ requeue: { when: 'after', ms: 1_000 } });
    const delays = [1, 2, 4, 8, 16, 600].map((seconds) => {
      const now = startOfTests + seconds * 1_000;
      return play({ ...toSecondary(first.status), now }, fails).last;
    });
    expect(delays).toMatchObject(
      [1, 2, 4, 8, 15, 15].map((seconds) => ({ requeue: { when: 'after', ms: seconds * 1_000 } })),
    );
  });

  test('begins with short pauses again for a failure that begins later', () => {
    const fails = { demote: ok, resync: failure('Internal', 'no local snapshot yet') };
    const hour = startOfTests + 3_600_000;
    const first = play({ ...toSecondary(demoted), now: hour }, fails);
    const second = play({ ...toSecondary(first.status), now: hour + 2_000 }, fails);
    expect(second.last).toMatchObject({ requeue: { when: 'after', ms: 2_000 } });
  });

  test('follows the other site while that is primary, asked every 30 s in the end', () => {
    const facts = { ...toSecondary(demoted), now: startOfTests + 30_000 };
    const played = play(facts, { demote: ok, resync: running });
    expect(played.steps).toEqual(['demote', 'resync']);
    expect(played.status).toMatchObject({ state: 'Secondary', message: 'volume is degraded' });
    expect(conditionLines(played.status).slice(0, 3)).toEqual([
      'Completed=True Demoted: volume is demoted to secondary',
      'Degraded=True VolumeDegraded: volume is degraded',
      'Resyncing=True ResyncTriggered: volume is resyncing changes from primary to secondary',
    ]);
    expect(played.last).toMatchObject({
      requeue: { when: 'after', ms: 30_000 },
      notes: [{ reason: 'Resyncing' }],
    });
  });

  test('costs no write while it goes on following', () => {
    const following = play(toSecondary(demoted), { demote: ok, resync: running }).status;
    const later = { ...toSecondary(following), now: startOfTests + 30_000 };
    const played = play(later, { demote: ok, resync: running });
    expect(played.patch).toBeUndefined();
  });

  test('asks for a forced resync only with autoResync', () => {
    expect(play(toSecondary(demoted, true), { demote: ok, resync: running }).steps).toEqual([
      'demote',
      'resync!',
    ]);
  });

  test('is in sync once both sites are demoted, and then forgets the time of its last sync as primary', () => {
    const played = play(toSecondary(demoted), { demote: ok, resync: ready });
    expect(played.status).toMatchObject({
      state: 'Secondary',
      message: 'volume is marked secondary',
      lastSyncTime: null,
    });
    expect(conditionLines(played.status).slice(0, 3)).toEqual([
      'Completed=True Demoted: volume is demoted to secondary',
      'Degraded=False Healthy: volume is demoted to secondary',
      'Resyncing=False NotResyncing: volume is not resyncing',
    ]);
    expect(played.last).toMatchObject({ requeue: { when: 'never' } });
  });

  test('costs no write when it is found in sync again', () => {
    const inSync = play(toSecondary(demoted), { demote: ok, resync: ready }).status;
    const { lastSyncTime: _, ...status } = inSync ?? {};
    const later = { ...toSecondary(status), now: startOfTests + 60_000 };
    expect(play(later, { demote: ok, resync: ready }).patch).toBeUndefined();
  });

  test.each([
    failure('Unavailable', 'image needs to be recreated: awaiting initial resync due to split brain'),
    failure('NotFound', 'volume not found: Failed as image not found'),
    failure('InvalidArgument', 'image mirroring is not enabled'),
    failure('Unknown', 'failed to get local status: failed to get local site status'),
  ])('goes on after the passing error $code of a forced resync', (error) => {
    const played = play(toSecondary(demoted, true), { demote: ok, resync: error });
    expect(played.status).toMatchObject({ state: 'Secondary', message: error.description });
    expect(conditionLines(played.status)[0]).toBe('Completed=False FailedToResync: failed to resync volume');
    expect(played.last).toMatchObject({ requeue: { when: 'after', ms: 1_000 } });
    const well = play(toSecondary(played.status, true), { demote: ok, resync: running });
    expect(conditionLines(well.status)[0]).toBe('Completed=True Demoted: volume is demoted to secondary');
  });
});

describe('a volume with the state resync', () => {
  const toResync = (status?: Parameters<typeof replication>[1]) =>
    facts({ replication: replication({ replicationState: 'resync' }, status) });

  test('is resynced by force, and its state stays until that is ready', () => {
    const played = play(toResync({ state: 'Primary' }), { resync: running });
    expect(played.steps).toEqual(['resync!']);
    expect(played.status).toMatchObject({ state: 'Primary', message: 'volume is degraded' });
  });

  test('is secondary once it is ready', () => {
    const played = play(toResync(), { resync: ready });
    expect(played.status).toMatchObject({ state: 'Secondary', message: 'volume is marked for resyncing' });
  });

  test('says in the words of kubernetes-csi-addons that it failed', () => {
    const played = play(toResync(), { resync: failure('InvalidArgument', 'image is in primary state') });
    expect(conditionLines(played.status)).toEqual([
      'Completed=False FailedToResync: failed to resync volume',
      'Degraded=True Error: volume failed to resync: rpc error: code = InvalidArgument desc = image is in primary state',
      'Resyncing=False FailedToResync: volume is not resyncing',
    ]);
  });
});
