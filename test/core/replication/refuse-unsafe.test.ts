import { describe, expect, test } from 'vitest';
import { type ConsentAction, consentAnnotation } from '../../../core/consent.ts';
import { demotionAnnotation } from '../../../core/following/demotion.ts';
import type { Condition } from '../../../core/model/kubernetes-object.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import type { VolumeReplicationStatus } from '../../../core/model/volume-replication.ts';
import type { Failure } from '../../../core/replication/answer.ts';
import type { Facts } from '../../../core/replication/facts.ts';
import type { PeerView } from '../../../core/rules/peer-view.ts';
import type { ReplicationHere } from '../../../core/rules/replication-facts.ts';
import {
  conditionLines,
  type Found,
  facts,
  finalizer,
  followedPrimary,
  play,
  replication,
  startOfTests,
  volume,
} from './play.ts';

const ok = { ok: true } as const;
const running = { ok: true, ready: false } as const;
const failure = (code: Failure['code'], description: string): Failure => ({ ok: false, code, description });
const noInfo = failure('NotFound', 'no snapshot yet');
const promoting = { enable: ok, promote: ok, info: noInfo };

const site = 'cluster-1';
const peers = {
  primary: { state: 'primary', site, replication: 'default/vr', by: 'both' },
  toBePrimary: { state: 'primary', site, replication: 'default/vr', by: 'spec' },
  stillPrimary: { state: 'primary', site, replication: 'default/vr', by: 'status' },
  replica: { state: 'not-primary', site },
  dark: { state: 'unknown', site, why: 'connection refused by 10.0.0.1:6443' },
} as const satisfies Record<string, PeerView>;

const consentTo = (...accepts: ConsentAction[]) => consentSeeing('unknown', ...accepts);

/** By somebody who saw the peer so. */
const consentSeeing = (peer: string, ...accepts: ConsentAction[]) => ({
  [consentAnnotation]: JSON.stringify({
    accepts,
    seen: { peer },
    maxLoss: 'unknown',
    by: 'on-call',
    expires: new Date(startOfTests + 600_000).toISOString(),
  }),
});

const guarded = (change: Partial<Facts> = {}): Facts =>
  facts({ hasPeer: true, forcePolicy: 'consent', ...change });

const other: ReplicationHere = {
  kind: 'VolumeReplication',
  namespace: 'copies',
  name: 'again',
  claimName: 'copy',
  wants: 'primary',
  state: '',
};

type Refused = { sentence: string; given: Facts; found: Found; code: RegExp };

const refused: Refused[] = [
  {
    sentence: 'the peer is primary',
    given: guarded(),
    found: { peer: peers.primary },
    code: /^DR102: cluster-1 is primary/,
  },
  {
    sentence: 'the peer is to become primary',
    given: guarded(),
    found: { peer: peers.toBePrimary },
    code: /^DR102: cluster-1 is to become primary/,
  },
  {
    sentence: 'the peer has not stepped down yet',
    given: guarded(),
    found: { peer: peers.stillPrimary },
    code: /^DR102: .*cluster-1/,
  },
  {
    sentence: 'nobody knows what the peer is',
    given: guarded(),
    found: { peer: peers.dark },
    code: /^DR102: .*connection refused/,
  },
  {
    sentence: 'the consent to it has expired',
    given: guarded({
      now: startOfTests + 3_600_000,
      replication: replication({}, undefined, { annotations: consentTo('force-promote') }),
    }),
    found: { peer: peers.dark },
    code: /^DR102: .*expired/,
  },
  {
    sentence: 'the consent is to something else',
    given: guarded({ replication: replication({}, undefined, { annotations: consentTo('resync') }) }),
    found: { peer: peers.dark },
    code: /^DR102: .*accepts resync/,
  },
  {
    sentence: 'another replication on this cluster is to be primary for the same volume',
    given: guarded(),
    found: { sameVolume: known([other]) },
    code: /^DR101: .*copies\/again|^DR101: .*again.*copies/,
  },
  {
    sentence: 'nobody knows what else has the same volume',
    given: facts(),
    found: { sameVolume: unknown('only namespace default is watched') },
    code: /^DR101: .*only namespace default is watched/,
  },
  {
    sentence: 'its volume would go with its claim',
    given: facts({
      volume: {
        metadata: { name: 'pv' },
        spec: { ...volume().spec, persistentVolumeReclaimPolicy: 'Delete' },
      },
    }),
    found: {},
    code: /^DR104: .*Retain/,
  },
];

describe('no call is made, and nothing is marked, when', () => {
  test.each(refused)('$sentence', ({ given, found, code }) => {
    const { replication: object } = given;
    const fresh = { ...object, metadata: { ...object.metadata, finalizers: [] } };
    const played = play({ ...given, replication: fresh }, {}, found);
    expect(played.steps).toEqual(['look before promote']);
    expect(played.status?.message).toMatch(code);
    expect(played.last).toMatchObject({ notes: [{ type: 'Warning', reason: 'PromoteRefused' }] });
    const lines = conditionLines(played.status);
    expect(lines[0]).toBe('Completed=False FailedToPromote: failed to meet prerequisite');
    expect(lines.at(-1)).toBe(
      `Validated=False PrerequisiteNotMet: failed to meet prerequisite: ${played.status?.message}`,
    );
  });
});

test('all that speaks against a promote is said at once, the worst first', () => {
  const played = play(guarded(), {}, { peer: peers.primary, sameVolume: known([other]) });
  expect(played.status?.message).toMatch(/^DR102: .*; DR101: /);
});

test('a refusal by the peer is asked again within seconds and then every quarter of a minute, another one less often', () => {
  expect(play(guarded(), {}, { peer: peers.dark }).last).toMatchObject({
    requeue: { when: 'backoff', firstMs: 1_000, capMs: 15_000 },
  });
  expect(play(facts(), {}, { sameVolume: known([other]) }).last).toMatchObject({
    requeue: { when: 'backoff', firstMs: 1_000, capMs: 60_000 },
  });
});

test('a refusal that stays the same costs no second write', () => {
  const first = play(guarded(), {}, { peer: peers.dark });
  const again = guarded({ replication: replication({}, first.status), now: startOfTests + 15_000 });
  expect(play(again, {}, { peer: peers.dark }).patch).toBeUndefined();
});

test('a refused volume is promoted once the peer has stepped down, and validated again', () => {
  const first = play(guarded(), {}, { peer: peers.primary });
  const again = guarded({ replication: replication({}, first.status) });
  const played = play(again, promoting, { peer: peers.replica });
  expect(played.status).toMatchObject({ state: 'Primary' });
  expect(conditionLines(played.status).join('\n')).toContain('Validated=True');
});

test('a driver that fails after a refusal has passed does not leave the refusal behind', () => {
  const first = play(guarded(), {}, { peer: peers.dark });
  const again = guarded({ replication: replication({}, first.status) });
  const played = play(again, { enable: ok, promote: failure('Internal', 'x') }, { peer: peers.replica });
  expect(conditionLines(played.status).join('\n')).not.toContain('DR102');
});

describe('a promote whose peer is or may be primary', () => {
  test.each([
    [peers.primary, 'primary'],
    [peers.dark, 'unknown'],
  ])('is made with consent to what is seen, which is used up by it', (peer, seen) => {
    const given = guarded({
      replication: replication({}, undefined, { annotations: consentSeeing(seen, 'force-promote') }),
    });
    const played = play(given, promoting, { peer });
    expect(played.steps).toEqual([
      'look before promote',
      'record-consent',
      'enable',
      'promote',
      'remove-consent',
      'info',
    ]);
    expect(played.last).toMatchObject({ notes: [{ type: 'Warning', reason: 'PromotedWithConsent' }] });
  });

  test('is not made with a consent of somebody who saw less', () => {
    const given = guarded({
      replication: replication({}, undefined, { annotations: consentTo('force-promote') }),
    });
    const played = play(given, {}, { peer: peers.primary });
    expect(played.steps).toEqual(['look before promote']);
    expect(played.status?.message).toMatch(
      /could not tell whether the other site is primary, and it says now that it is/,
    );
  });

  test('is not forced where the peer turns out worse between the promote and the force', () => {
    const given = guarded({
      replication: replication({}, undefined, { annotations: consentSeeing('not-primary', 'force-promote') }),
      look: { before: 'promote', at: startOfTests, sameVolume: known([]), peer: peers.replica },
    });
    const busy = failure('FailedPrecondition', 'Device or resource busy');
    const played = play(given, { enable: ok, promote: busy }, { peer: peers.dark });
    expect(played.steps).toEqual(['enable', 'promote', 'look before force']);
    expect(played.status?.message).toMatch(/^DR102: .*now nobody can tell/);
  });

  test('is not made twice with one consent: its use is on the object, whoever reads it', () => {
    const given = guarded({
      replication: replication({}, undefined, { annotations: consentTo('force-promote') }),
    });
    const error = failure('Internal', 'stderr');
    const first = play(given, { enable: ok, promote: error }, { peer: peers.dark });
    expect(first.steps).toContain('record-consent');
    const same = guarded({ replication: replication({}, first.status, { annotations: first.annotations }) });
    expect(play(same, promoting, { peer: peers.dark }).steps).not.toContain('record-consent');
    const later = guarded({
      replication: replication({}, first.status, { annotations: first.annotations, generation: 5 }),
    });
    const refusedThen = play(later, {}, { peer: peers.dark });
    expect(refusedThen.steps).toEqual(['look before promote']);
    expect(refusedThen.status?.message).toMatch(/the consent of on-call was used/);
  });

  test('is made where upstream behaviour is asked for, and no peer is asked then', () => {
    const upstream = facts({ hasPeer: true, forcePolicy: 'upstream' });
    expect(play(upstream, promoting, { peer: { state: 'not-asked' } }).status).toMatchObject({
      state: 'Primary',
    });
  });

  test('is made where no peer is configured', () => {
    expect(play(facts(), promoting, { peer: { state: 'not-configured' } }).status).toMatchObject({
      state: 'Primary',
    });
  });
});

test('what is found before a force counts, not what was found before the promote', () => {
  const looked = guarded({
    look: { before: 'promote', at: startOfTests, sameVolume: known([]), peer: peers.replica },
  });
  const busy = failure('FailedPrecondition', 'Device or resource busy');
  const played = play(looked, { enable: ok, promote: busy }, { peer: peers.primary });
  expect(played.steps).toEqual(['enable', 'promote', 'look before force']);
  expect(played.status?.message).toMatch(/^DR102: /);
});

test('a driver that is away is waited for before the peer is asked', () => {
  const away = guarded({ driver: { name: 'rbd.csi.ceph.com', state: 'unavailable', reason: 'no socket' } });
  expect(play(away).steps).toEqual([]);
});

test('a refusal after a promote of unclear outcome no longer says that the volume is a replica', () => {
  const secondary = guarded({ replication: replication({}, { state: 'Secondary' }) });
  const unclear = play(secondary, { enable: ok, promote: failure('Internal', 'stderr') });
  const refusedThen = play(
    guarded({ replication: replication({}, unclear.status) }),
    {},
    { peer: peers.dark },
  );
  expect(refusedThen.status).toMatchObject({ state: 'Unknown' });
  const plainly = play(secondary, {}, { peer: peers.dark });
  expect(plainly.status).toMatchObject({ state: 'Secondary' });
});

describe('a resync that may discard this copy', () => {
  const following = { replicationState: 'secondary', autoResync: true } as const;
  const toFollow = (change: Partial<Facts> = {}, status = {}) =>
    guarded({
      replication: replication(following, { state: 'Secondary', ...status }, { generation: 1 }),
      ...change,
    });

  test.each([
    ['is a replica as well', peers.replica, /^DR108: .*cluster-1/],
    ['is to become primary, and is not yet', peers.toBePrimary, /^DR108: cluster-1 is to become primary/],
    ['is dark', peers.dark, /^DR108: .*connection refused/],
  ])('is not asked for while the peer %s', (_, peer, message) => {
    const played = play(toFollow(), { demote: ok }, { peer });
    expect(played.steps).toEqual(['demote', 'look before resync']);
    expect(played.status).toMatchObject({ state: 'Secondary', message: expect.stringMatching(message) });
    expect(conditionLines(played.status)[0]).toBe(
      'Completed=False FailedToResync: failed to meet prerequisite',
    );
    expect(played.last).toMatchObject({
      requeue: { when: 'backoff', capMs: 15_000 },
      notes: [{ type: 'Warning', reason: 'ResyncRefused' }],
    });
  });

  test('is asked for by force while the peer is primary', () => {
    const played = play(toFollow(), { demote: ok, resync: running }, { peer: peers.primary });
    expect(played.steps).toEqual(['demote', 'look before resync', 'resync!']);
    expect(conditionLines(played.status).join('\n')).toContain('Validated=True');
  });

  test('is asked for with consent, whatever the peer is, and the consent is used up once the driver took it', () => {
    const given = toFollow({
      replication: replication(following, { state: 'Secondary' }, { annotations: consentTo('resync') }),
    });
    const played = play(given, { demote: ok, resync: running }, { peer: peers.dark });
    expect(played.steps).toEqual([
      'demote',
      'look before resync',
      'record-consent',
      'resync!',
      'remove-consent',
    ]);
  });

  test('needs the same for the state resync', () => {
    const status = { state: 'Secondary' };
    const given = guarded({
      replication: replication({ replicationState: 'resync' }, status, { generation: 1 }),
    });
    expect(play(given, {}, { peer: peers.dark }).status?.message).toMatch(/^DR108: /);
    expect(play(given, { resync: running }, { peer: peers.primary }).steps).toEqual([
      'look before resync',
      'resync!',
    ]);
  });

  test('is no longer one for a copy that follows well: it is asked without force, and nobody asks the peer', () => {
    const begun = play(toFollow(), { demote: ok, resync: running }, { peer: peers.primary }).status;
    const later = play(toFollow({}, begun), { demote: ok, resync: running });
    expect(later.steps).toEqual(['demote', 'resync']);
    expect(later.patch).toBeUndefined();
  });

  test('is one again after a copy that followed well has failed', () => {
    const begun = play(toFollow(), { demote: ok, resync: running }, { peer: peers.primary }).status;
    const split = failure('Internal', 'failed to get last sync info: no snapshot details');
    const failed = play(toFollow({}, begun), { demote: ok, resync: split });
    expect(failed.steps).toEqual(['demote', 'resync']);
    const dark = play(toFollow({}, failed.status), { demote: ok }, { peer: peers.dark });
    expect(dark.steps).toEqual(['demote', 'look before resync']);
    const forced = play(
      toFollow({}, failed.status),
      { demote: ok, resync: running },
      { peer: peers.primary },
    );
    expect(forced.steps).toEqual(['demote', 'look before resync', 'resync!']);
  });

  test('is one again for another wish', () => {
    const begun = play(toFollow(), { demote: ok, resync: running }, { peer: peers.primary }).status;
    const renewed = replication(following, begun, { generation: 4, finalizers: [finalizer] });
    const played = play(guarded({ replication: renewed }), { demote: ok }, { peer: peers.dark });
    expect(played.steps).toEqual(['demote', 'look before resync']);
  });

  const demotedAt = Date.parse('2026-03-01T11:00:00Z');
  const demotion = (followed: string, generation = 3) => ({
    [demotionAnnotation]: JSON.stringify({ followed, generation, at: '2026-03-01T11:00:00Z' }),
  });
  const condition = (type: string, status: string, generation: number): Condition => ({
    type,
    status: status as 'True',
    reason: 'X',
    message: '',
    observedGeneration: generation,
    lastTransitionTime: '2026-03-01T11:00:00Z',
  });
  const follows = {
    state: 'Secondary',
    observedGeneration: 3,
    conditions: [condition('Resyncing', 'True', 3)],
  };
  const equal = {
    state: 'Secondary',
    observedGeneration: 3,
    conditions: [condition('Degraded', 'False', 3)],
  };
  const late = { ...peers.primary, lastSync: demotedAt + 301_000 };

  /** Demoted at 11:00 with generation 3, and asked to resync with generation 4. */
  const toResync = (
    status: Partial<VolumeReplicationStatus>,
    annotations: Record<string, string>,
    peer: PeerView,
  ) =>
    play(
      guarded({
        replication: replication({ replicationState: 'resync' }, status, { generation: 4, annotations }),
      }),
      { resync: running },
      { peer },
    );

  test.each([
    ['was equal when both were demoted', equal, demotion('yes'), peers.primary],
    ['has got a sync of the peer since it was demoted', follows, demotion('yes'), late],
  ])('is asked for of a copy that %s', (_, status, annotations, peer) => {
    expect(toResync(status, annotations, peer).steps).toEqual(['look before resync', 'resync!']);
  });

  test.each([
    [
      'was primary, and shows nothing since',
      { state: 'Secondary', observedGeneration: 3 },
      demotion('yes'),
      late,
    ],
    ['was demoted before the peer had followed', equal, demotion('no'), late],
    ['follows, with no sync that is younger', follows, demotion('yes'), { ...late, lastSync: demotedAt }],
    ['follows, of whose demotion nobody knows', follows, {}, late],
    ['is primary', { state: 'Primary', observedGeneration: 3 }, {}, late],
  ])('is not asked for without consent of a copy that %s', (_, status, annotations, peer) => {
    const played = toResync(status, annotations, peer);
    expect(played.steps).toEqual(['look before resync']);
    expect(played.status?.message).toMatch(/^DR108: .*may hold writes that cluster-1 never got/);
    const consent = { ...annotations, ...consentTo('resync') };
    expect(toResync(status, consent, peer).steps).toContain('resync!');
  });

  test('that was let through goes on, whatever errors come of it', () => {
    const begun = play(
      guarded({
        replication: replication({ replicationState: 'resync' }, equal, {
          generation: 4,
          annotations: demotion('yes'),
        }),
      }),
      { resync: failure('NotFound', 'image not found') },
      { peer: peers.primary },
    );
    expect(toResync(begun.status ?? {}, demotion('yes'), peers.primary).steps).toContain('resync!');
  });

  test('of a primary that is demoted with autoResync is not asked for without consent', () => {
    const primary = guarded({
      replication: replication(following, followedPrimary()),
    });
    const info = {
      ok: true,
      info: {
        lastSyncTime: startOfTests - 60_000,
        lastSyncDuration: undefined,
        lastSyncBytes: 0,
        health: 'healthy',
        message: '',
      },
    } as const;
    const demoted = play(primary, { demote: ok, info }, { peer: peers.primary });
    expect(demoted.status).toMatchObject({ state: 'Secondary' });
    const next = guarded({
      replication: replication(following, demoted.status, { annotations: demoted.annotations }),
    });
    const played = play(next, { demote: ok }, { peer: peers.primary });
    expect(played.steps).toEqual(['demote', 'look before resync']);
    expect(played.status?.message).toMatch(/Leave autoResync off/);
  });

  test('is asked for by force at each look where no peer is configured, as kubernetes-csi-addons does', () => {
    const alone = facts({ replication: replication(following, { state: 'Secondary' }) });
    const begun = play(alone, { demote: ok, resync: running });
    expect(begun.steps).toEqual(['demote', 'resync!']);
    expect(begun.last).toMatchObject({ notes: [{ type: 'Warning', reason: 'ResyncForced' }] });
    const later = facts({ replication: replication(following, begun.status) });
    expect(play(later, { demote: ok, resync: running }).steps).toEqual(['demote', 'resync!']);
  });
});
