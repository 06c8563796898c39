import { describe, expect, test } from 'vitest';
import { consentAnnotation } from '../../../core/consent.ts';
import type { Failure, InfoAnswer } from '../../../core/replication/answer.ts';
import type { Facts } from '../../../core/replication/facts.ts';
import { conditionLines, facts, play, replication, startOfTests } from './play.ts';

const ok = { ok: true } as const;
const failure = (code: Failure['code'], description: string): Failure => ({ ok: false, code, description });
const busy = failure('FailedPrecondition', 'rbd: ret=-16, Device or resource busy');
const synced: InfoAnswer = {
  ok: true,
  info: {
    lastSyncTime: Date.parse('2026-03-01T11:59:30Z'),
    lastSyncDuration: { seconds: 5, nanos: 0 },
    lastSyncBytes: 8_388_608,
    health: 'healthy',
    message: 'local image is primary',
  },
};
/** What the driver tells once a snapshot that was taken after the promote has arrived. */
const followed: InfoAnswer = { ok: true, info: { ...synced.info, lastSyncTime: startOfTests + 30_000 } };
const notFound = failure('NotFound', 'failed to get last sync info: empty local snapshot timestamp');

const promotedLines = [
  'Completed=True Promoted: volume is promoted to primary and replicating to secondary',
  'Degraded=False Healthy: volume is healthy',
  'Resyncing=False NotResyncing: volume is not resyncing',
  'Validated=True PrerequisiteMet: volume is validated and met all prerequisites',
];

const consentSeeing = (peer: string) => ({
  [consentAnnotation]: JSON.stringify({
    accepts: ['force-promote'],
    seen: { peer },
    maxLoss: 'unknown',
    by: 'alice',
    expires: new Date(startOfTests + 600_000).toISOString(),
  }),
});
const consent = consentSeeing('unknown');

describe('a volume that is to become primary', () => {
  test('is protected, enabled, promoted and asked for its last sync', () => {
    const fresh = facts({
      replication: replication({}, undefined, { finalizers: [] }),
      claim: { ...facts().claim!, metadata: { name: 'pvc', namespace: 'default' } },
    });
    const played = play(fresh, { enable: ok, promote: ok, info: synced });
    expect(played.steps).toEqual([
      'look before promote',
      'add-finalizer',
      'claim-pvc',
      'enable',
      'promote',
      'info',
    ]);
    expect(played.status).toMatchObject({
      state: 'Primary',
      message: 'volume is marked primary',
      observedGeneration: 3,
      lastSyncTime: '2026-03-01T11:59:30Z',
      lastSyncDuration: '5s',
      lastSyncBytes: 8_388_608,
      lastCompletionTime: '2026-03-01T12:00:00Z',
    });
    expect(conditionLines(played.status)).toEqual([
      ...promotedLines,
      'Replicating=True Replicating: volume is replicating: local image is primary',
      'Followed=False Promoted: no snapshot that it took since it became primary is complete on the other site yet',
    ]);
    expect(played.last).toMatchObject({
      requeue: { when: 'after', ms: 1_000 },
      notes: [{ reason: 'Promoted' }],
    });
  });

  test.each([
    ['Internal', failure('Internal', 'failed to get remote status: RBD image not found: rbd: ret=-2')],
    ['NotFound', notFound],
    [
      'FailedPrecondition',
      failure('FailedPrecondition', 'failed to get last sync info: last sync time not found'),
    ],
  ])('is primary although its sync information answers %s before the first sync', (_, info) => {
    const played = play(facts(), { enable: ok, promote: ok, info });
    expect(played.status).toMatchObject({ state: 'Primary', message: 'volume is marked primary' });
    expect(conditionLines(played.status)).toEqual([
      ...promotedLines,
      `Replicating=Unknown Replicating: volume replication status is unknown: rpc error: code = ${info.code} desc = ${info.description}`,
      'Followed=False NoSyncYet: no snapshot that it took since it became primary is complete on the other site yet',
    ]);
    expect(played.last).toMatchObject({ requeue: { when: 'after', ms: 1_000 } });
  });

  test('says what the driver says when mirroring cannot be enabled, and tries again with back-off', () => {
    const played = play(facts(), { enable: failure('Internal', 'provided secret is empty') });
    expect(played.status).toMatchObject({ state: 'Unknown', message: 'provided secret is empty' });
    expect(conditionLines(played.status)).toEqual([
      'Completed=False FailedToPromote: failed to enable volume replication',
      'Degraded=True Error: volume failed to promote: rpc error: code = Internal desc = provided secret is empty',
      'Resyncing=False NotResyncing: volume is not resyncing',
      'Validated=True PrerequisiteMet: volume is validated and met all prerequisites',
    ]);
    expect(played.last).toMatchObject({ requeue: { when: 'backoff' } });
  });

  test('is not validated when enable answers FAILED_PRECONDITION', () => {
    const played = play(facts(), { enable: failure('FailedPrecondition', 'parent is not mirrored') });
    expect(conditionLines(played.status)).toEqual([
      'Completed=False FailedToPromote: volume failed to promote',
      'Degraded=True Error: failed to enable volume replication',
      'Resyncing=False NotResyncing: volume is not resyncing',
      'Validated=False PrerequisiteNotMet: failed to meet prerequisite: rpc error: code = FailedPrecondition desc = parent is not mirrored',
    ]);
  });

  test('is tried after 1, 2, 4 and 8 s while it still is a secondary, and then every 15 s', () => {
    const internal = { enable: ok, promote: failure('Internal', 'x') } as const;
    const first = play(facts({ replication: replication({}, { state: 'Secondary' }) }), internal);
    expect(first.status).toMatchObject({ state: 'Secondary', message: 'x' });
    expect(first.last).toMatchObject({ requeue: { when: 'after', ms: 1_000 } });
    const delays = [1, 2, 4, 8, 16, 600].map((seconds) => {
      const now = startOfTests + seconds * 1_000;
      return play(facts({ replication: replication({}, first.status), now }), internal).last;
    });
    expect(delays).toMatchObject(
      [1, 2, 4, 8, 15, 15].map((seconds) => ({ requeue: { when: 'after', ms: seconds * 1_000 } })),
    );
  });
});

describe('a promote that the driver refuses without force', () => {
  test('is forced at once where no peer is configured, with a warning', () => {
    const played = play(facts(), { enable: ok, promote: busy, forcedPromote: ok, info: notFound });
    expect(played.steps).toEqual([
      'look before promote',
      'enable',
      'promote',
      'look before force',
      'promote!',
      'info',
    ]);
    expect(played.last).toMatchObject({ notes: [{ type: 'Warning', reason: 'ForcePromoted' }] });
  });

  test('is refused without consent, after a look at the live object', () => {
    const played = play(facts({ forcePolicy: 'consent' }), { enable: ok, promote: busy });
    expect(played.steps).toEqual(['look before promote', 'enable', 'promote', 'look before force']);
    expect(played.status).toMatchObject({
      state: 'Unknown',
      message: expect.stringMatching(/two primaries/),
    });
    expect(played.last).toMatchObject({
      requeue: { when: 'backoff', capMs: 15_000 },
      notes: [{ type: 'Warning', reason: 'PromoteRefused' }],
    });
  });

  test('is refused without consent although the peer is not primary: its last snapshot has not arrived', () => {
    const asked = facts({ forcePolicy: 'consent', hasPeer: true });
    const played = play(asked, { enable: ok, promote: busy });
    expect(played.status?.message).toMatch(
      /^not promoted: there says it is not primary, but its last snapshot has not arrived/,
    );
  });

  test('is refused with consent that has expired, and says so', () => {
    const late = facts({
      forcePolicy: 'consent',
      now: startOfTests + 3_600_000,
      replication: replication({}, undefined, { annotations: consent }),
    });
    const played = play(late, { enable: ok, promote: busy });
    expect(played.steps).not.toContain('promote!');
    expect(played.status?.message).toMatch(/the consent of alice expired/);
  });

  test('is forced with consent, which is used up by it', () => {
    const allowed = facts({
      forcePolicy: 'consent',
      replication: replication({}, undefined, { annotations: consent }),
    });
    const played = play(allowed, { enable: ok, promote: busy, forcedPromote: ok, info: notFound });
    expect(played.steps).toEqual([
      'look before promote',
      'enable',
      'promote',
      'look before force',
      'record-consent',
      'promote!',
      'remove-consent',
      'info',
    ]);
    expect(played.status).toMatchObject({ state: 'Primary' });
  });

  test('is told as two primaries where the peer said that it is one', () => {
    const allowed = facts({
      forcePolicy: 'consent',
      hasPeer: true,
      replication: replication({}, undefined, { annotations: consentSeeing('primary') }),
    });
    const peer = { state: 'primary', site: 'cluster-1', replication: 'default/vr', by: 'both' } as const;
    const answers = { enable: ok, promote: busy, forcedPromote: ok, info: notFound };
    const played = play(allowed, answers, { peer });
    expect(played.last).toMatchObject({
      notes: [
        { type: 'Warning', message: expect.stringMatching(/cluster-1 said that it is primary, so both/) },
      ],
    });
  });

  test('keeps its consent when the force answers an error, and finds out in the next pass that it happened', () => {
    const allowed = facts({
      forcePolicy: 'consent',
      replication: replication({}, undefined, { annotations: consent }),
    });
    const stderr = failure('Internal', 'failed to promote image with stderror: BANNER_CONNECTING');
    const first = play(allowed, { enable: ok, promote: busy, forcedPromote: stderr });
    expect(first.steps).not.toContain('remove-consent');
    expect(conditionLines(first.status)[0]).toBe(
      'Completed=False FailedToPromote: failed to force promote volume',
    );
    const again = facts({
      forcePolicy: 'consent',
      replication: replication({}, first.status, { annotations: first.annotations }),
    });
    const second = play(again, { enable: ok, promote: ok, info: notFound });
    expect(second.steps).toEqual(['look before promote', 'enable', 'promote', 'remove-consent', 'info']);
    expect(second.last).toMatchObject({ notes: [{ reason: 'ForcePromoted' }] });
    expect(second.status).toMatchObject({ state: 'Primary' });
  });

  test('is not forced on any other code', () => {
    const played = play(facts(), { enable: ok, promote: failure('Aborted', 'an operation already exists') });
    expect(played.steps).toEqual(['look before promote', 'enable', 'promote']);
    expect(played.status).toMatchObject({ message: 'an operation already exists' });
  });
});

describe('a volume that is primary', () => {
  const minuteLater = { now: startOfTests + 60_000 };
  const fresh = play(facts(), { enable: ok, promote: ok, info: synced }).status;
  /** The other site has followed it, and nothing has changed since. */
  const { status } = play(facts({ replication: replication({}, fresh), ...minuteLater }), { info: followed });
  const primary = facts({ replication: replication({}, status), ...minuteLater });
  const lineOf = (type: string, played: ReturnType<typeof play>): string | undefined =>
    conditionLines(played.status).find((line) => line.startsWith(`${type}=`));

  test('is only asked for its last sync, never enabled or promoted again', () => {
    expect(play(primary, { info: synced }).steps).toEqual(['info']);
  });

  test('costs no write while nothing changes', () => {
    expect(play(primary, { info: followed }).patch).toBeUndefined();
  });

  test('costs one write of the new time when a sync has finished', () => {
    const later: InfoAnswer = { ok: true, info: { ...synced.info, lastSyncTime: startOfTests + 60_000 } };
    expect(play(primary, { info: later }).patch).toEqual({
      lastSyncTime: '2026-03-01T12:01:00Z',
      lastStartTime: '2026-03-01T12:01:00Z',
      lastCompletionTime: '2026-03-01T12:01:00Z',
    });
  });

  test('stays primary when the sync information fails, and is asked again soon', () => {
    const played = play(primary, { info: failure('Internal', 'rbd-mirror is down') });
    expect(played.status).toMatchObject({ state: 'Primary', message: 'volume is marked primary' });
    expect(lineOf('Replicating', played)).toMatch(/^Replicating=Unknown/);
    expect(played.last).toMatchObject({ requeue: { when: 'after', ms: 1_000 } });
  });

  test('is asked again within a minute when its sync information goes on failing, however seldom it is mirrored', () => {
    const seldom = facts({
      ...primary,
      replicationClass: {
        metadata: { name: 'class' },
        spec: { provisioner: 'rbd.csi.ceph.com', parameters: { schedulingInterval: '1d' } },
      },
    });
    expect(play(seldom, { info: followed }).last).toMatchObject({ requeue: { ms: 12 * 3_600_000 } });
    const { status } = play(seldom, { info: failure('Internal', 'passing') });
    const later = {
      ...seldom,
      replication: { ...seldom.replication, status },
      now: startOfTests + 3_600_000,
    };
    expect(play(later as Facts, { info: failure('Internal', 'passing') }).last).toMatchObject({
      requeue: { ms: 60_000 },
    });
  });

  test('is not asked again by a driver that has no such call', () => {
    const played = play(primary, { info: failure('Unimplemented', 'unknown method') });
    expect(played.last).toMatchObject({ requeue: { when: 'never' } });
    expect(played.patch).toBeUndefined();
  });

  test.each([
    ['degraded', 'Replicating=False NotReplicating: volume is not replicating: daemon down'],
    ['error', 'Replicating=False NotReplicating: volume is not replicating: daemon down'],
    ['unknown', 'Replicating=Unknown Replicating: volume replication status is unknown: daemon down'],
  ] as const)('shows the health %s', (health, line) => {
    const played = play(primary, {
      info: { ok: true, info: { ...synced.info, health, message: 'daemon down' } },
    });
    expect(lineOf('Replicating', played)).toBe(line);
  });

  test('stays primary while the driver is away, and only its replication is unknown', () => {
    const away = facts({
      ...primary,
      driver: { name: 'rbd.csi.ceph.com', state: 'unavailable', reason: 'nobody listens' },
    });
    const played = play(away);
    expect(played.status).toMatchObject({ state: 'Primary', message: 'volume is marked primary' });
    expect(lineOf('Replicating', played)).toMatch(/unknown: nobody listens$/);
    expect(played.last).toMatchObject({ requeue: { when: 'driver-ready' } });
  });
});

describe('a driver that knows the destination volume', () => {
  const knowing = { driver: { name: 'rbd.csi.ceph.com', state: 'ready', knowsDestination: true } } as const;

  test('is asked for it once the volume is primary', () => {
    const played = play(facts(knowing), {
      enable: ok,
      promote: ok,
      info: synced,
      destination: { ok: true, volumeId: 'there' },
    });
    expect(played.status).toMatchObject({ state: 'Primary', destinationVolumeID: 'there' });
    expect(conditionLines(played.status).at(-1)).toBe(
      'DestinationInfoAvailable=True DestinationInfoUpdated: volume destination info is available',
    );
  });

  test('keeps the volume primary when it cannot tell yet, and is asked for nothing else again', () => {
    const first = play(facts(knowing), {
      enable: ok,
      promote: ok,
      info: synced,
      destination: failure('Unavailable', 'not known yet'),
    });
    expect(first.status).toMatchObject({ state: 'Primary' });
    expect(conditionLines(first.status).at(-1)).toMatch(
      /^DestinationInfoAvailable=False FailedToGetDestinationInfo/,
    );
    const again = facts({ ...knowing, replication: replication({}, first.status) });
    const second = play(again, { info: synced, destination: { ok: true, volumeId: 'there' } });
    expect(second.steps).toEqual(['info', 'destination']);
  });

  test('shows the information as pending while the promotion fails', () => {
    const played = play(facts(knowing), { enable: failure('Internal', 'x') });
    expect(conditionLines(played.status).at(-1)).toMatch(
      /^DestinationInfoAvailable=False DestinationInfoPending/,
    );
  });
});
