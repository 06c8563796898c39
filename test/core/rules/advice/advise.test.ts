import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../../core/model/reading.ts';
import { advise } from '../../../../core/rules/advice/advise.ts';
import { adviceExamples } from '../../../../core/rules/advice/examples.ts';
import type { ClassAdviceFacts, ReplicationAdviceFacts } from '../../../../core/rules/advice-facts.ts';
import type { PeerView } from '../../../../core/rules/peer-view.ts';
import type { ReplicationChange, Wish } from '../../../../core/rules/replication-facts.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = 100 * 24 * hour;

const codes = (facts: Parameters<typeof advise>[0]): string[] => advise(facts).map(({ code }) => code);

const primary: Wish = { replicationState: 'primary', autoResync: false };
const secondary: Wish = { replicationState: 'secondary', autoResync: false };
const resync: Wish = { replicationState: 'resync', autoResync: false };
const auto = (wish: Wish): Wish => ({ ...wish, autoResync: true });

/** A replication of which everything is well. */
const replication = (
  change: Partial<ReplicationChange>,
  rest: Partial<Omit<ReplicationAdviceFacts, 'change' | 'subject'>> = {},
): ReplicationAdviceFacts => ({
  subject: 'replication',
  change: {
    operation: 'UPDATE',
    kind: 'VolumeReplication',
    namespace: 'shop',
    name: 'db',
    before: secondary,
    after: primary,
    state: '',
    isProtecting: true,
    isTerminating: false,
    followsGroup: false,
    ...change,
  },
  peer: { state: 'not-primary', site: 'east' },
  scheduleMs: known(5 * minute),
  lastSyncAt: known(now - minute),
  lastBackupAt: known(now - hour),
  now,
  ...rest,
});

const replicationClass = (parts: Partial<ClassAdviceFacts>): ClassAdviceFacts => ({
  subject: 'class',
  kind: 'VolumeReplicationClass',
  name: 'fast',
  provisioner: 'rbd.csi.ceph.com',
  parameters: { schedulingInterval: '5m' },
  peerClass: known({
    site: 'east',
    provisioner: 'rbd.csi.ceph.com',
    parameters: { schedulingInterval: '5m' },
  }),
  ...parts,
});

const peerClass = (parameters: Record<string, string>, provisioner = 'rbd.csi.ceph.com') =>
  known({ site: 'east', provisioner, parameters });

describe('advice about a class', () => {
  it.each<{ title: string; facts: Partial<ClassAdviceFacts>; advised: string[] }>([
    { title: 'that is the same on both sites: none', facts: {}, advised: [] },
    {
      title: 'without a schedule: it never mirrors back',
      facts: { parameters: {}, peerClass: peerClass({}) },
      advised: ['DR301'],
    },
    {
      title: 'that mirrors by journal: it needs no schedule',
      facts: { parameters: { mirroringMode: 'journal' }, peerClass: peerClass({ mirroringMode: 'journal' }) },
      advised: [],
    },
    {
      title: 'with an empty schedule: the guard refuses it',
      facts: { parameters: { schedulingInterval: '' }, peerClass: peerClass({ schedulingInterval: '' }) },
      advised: [],
    },
    {
      title: 'without a schedule that has one on the other site: both are said',
      facts: { parameters: {} },
      advised: ['DR301', 'DR302'],
    },
    {
      title: 'with another schedule than on the other site',
      facts: { peerClass: peerClass({ schedulingInterval: '1h' }) },
      advised: ['DR302'],
    },
    {
      title: 'with another provisioner than on the other site',
      facts: { peerClass: peerClass({ schedulingInterval: '5m' }, 'other') },
      advised: ['DR302'],
    },
    {
      title: 'with a parameter that only the other site has',
      facts: { peerClass: peerClass({ schedulingInterval: '5m', flattenMode: 'force' }) },
      advised: ['DR302'],
    },
    {
      title: 'whose secrets differ: each site has its own',
      facts: {
        peerClass: peerClass({
          schedulingInterval: '5m',
          'replication.storage.openshift.io/replication-secret-name': 'east-secret',
        }),
      },
      advised: [],
    },
    {
      title: 'that the other site does not have',
      facts: { peerClass: known(undefined) },
      advised: ['DR302'],
    },
    {
      title: 'while nothing is known of the other site: none',
      facts: { peerClass: unknown('dark') },
      advised: [],
    },
  ])('$title', ({ facts, advised }) => {
    expect(codes(replicationClass(facts))).toEqual(advised);
  });

  it('names what differs, the first three with their values, cut where they are long', () => {
    const [found] = advise(
      replicationClass({
        parameters: { schedulingInterval: '5m', a: 'x'.repeat(50), b: '1', c: '2' },
        peerClass: peerClass({ schedulingInterval: '1h' }),
      }),
    );
    expect(found?.message).toBe(
      'VolumeReplicationClass fast differs between the sites, so a volume is mirrored differently after a failover: ' +
        `schedulingInterval is "5m" here and "1h" on east, a is "${'x'.repeat(39)}…" here and not set on east, ` +
        'b is "1" here and not set on east, and 1 more. Compare: kubectl --context east get vrc fast -o yaml',
    );
  });
});

describe('advice about late copies', () => {
  it.each([
    { title: 'two intervals are still in time', lag: 10 * minute, level: undefined },
    { title: 'more than two are late', lag: 10 * minute + 1, level: 'late' },
    { title: 'just under three are late', lag: 15 * minute - 1, level: 'late' },
    { title: 'three are critical', lag: 15 * minute, level: 'critically late' },
    { title: 'a clock that runs ahead on the other site is no lag', lag: -hour, level: undefined },
  ])('$title', ({ lag, level }) => {
    const [found] = advise(replication({}, { lastSyncAt: known(now - lag) }));
    expect(/is (.*?): /.exec(found?.message ?? '')?.[1]).toBe(level);
  });

  it.each<{ title: string; rest: Partial<ReplicationAdviceFacts> }>([
    { title: 'the class has no schedule', rest: { scheduleMs: known(undefined) } },
    { title: 'the schedule is 0', rest: { scheduleMs: known(0) } },
    { title: 'the schedule is unknown', rest: { scheduleMs: unknown('no class') } },
    { title: 'nothing was synced yet', rest: { lastSyncAt: known(undefined) } },
    { title: 'the last sync is unknown', rest: { lastSyncAt: unknown('dark') } },
  ])('none where $title', ({ rest }) => {
    expect(codes(replication({}, { lastSyncAt: known(0), ...rest }))).toEqual([]);
  });
});

describe('advice about backups', () => {
  it.each([
    { title: 'none after one within two days', lastBackupAt: known(now - 48 * hour), advised: [] },
    { title: 'after an older one', lastBackupAt: known(now - 48 * hour - 1), advised: ['DR304'] },
    { title: 'where there never was one', lastBackupAt: known(undefined), advised: ['DR304'] },
    { title: 'none where nobody records backups', lastBackupAt: unknown('nobody records them'), advised: [] },
  ])('$title', ({ lastBackupAt, advised }) => {
    expect(codes(replication({}, { lastBackupAt }))).toEqual(advised);
  });
});

describe('advice where no other site is known', () => {
  it.each<{ title: string; before: Wish | undefined; after: Wish; risk: string | undefined }>([
    { title: 'a new primary', before: undefined, after: primary, risk: 'makes a second primary' },
    { title: 'a promotion', before: secondary, after: primary, risk: 'makes a second primary' },
    { title: 'a new secondary', before: undefined, after: secondary, risk: undefined },
    { title: 'a primary that stays one', before: primary, after: primary, risk: undefined },
    { title: 'a resync', before: secondary, after: resync, risk: 'overwrites the only good copy' },
    { title: 'a resync that was asked before', before: resync, after: resync, risk: undefined },
    {
      title: 'autoResync of a secondary',
      before: secondary,
      after: auto(secondary),
      risk: 'overwrites the only good copy',
    },
    {
      title: 'a secondary that starts with autoResync',
      before: undefined,
      after: auto(secondary),
      risk: 'overwrites the only good copy',
    },
    {
      title: 'autoResync that was on before',
      before: auto(secondary),
      after: auto(secondary),
      risk: undefined,
    },
    { title: 'a demotion', before: primary, after: secondary, risk: undefined },
  ])('$title', ({ before, after, risk }) => {
    const found = advise(replication({ before, after }, { peer: { state: 'not-configured' } }));
    const text = found.find(({ code }) => code === 'DR305')?.message;
    expect(text).toBe(
      risk &&
        `no other site is known, so nobody can tell whether VolumeReplication db ${risk}: look there first, and give ` +
          'dr-webhook the other site with --peer-kubeconfig',
    );
  });

  const others: readonly PeerView[] = [
    { state: 'not-asked' },
    { state: 'not-primary', site: 'east' },
    { state: 'unknown', site: 'east', why: 'it does not answer' },
    { state: 'primary', site: 'east', replication: 'shop/db', by: 'spec' },
  ];
  it.each(others)('none where the peer is $state', (peer) => {
    expect(codes(replication({}, { peer }))).toEqual([]);
  });
});

describe('advice about autoResync', () => {
  const planned: PeerView = { state: 'not-primary', site: 'east' };
  const disaster: PeerView = { state: 'primary', site: 'east', replication: 'shop/db', by: 'status' };

  it.each<{ title: string; before?: Wish; after: Wish; peer: PeerView; state?: string; advised: string[] }>([
    {
      title: 'on a demotion while nobody else is primary',
      before: primary,
      after: auto(secondary),
      peer: planned,
      advised: ['DR306'],
    },
    {
      title: 'on a demotion with autoResync from before',
      before: auto(primary),
      after: auto(secondary),
      peer: planned,
      advised: ['DR306'],
    },
    {
      title: 'switched on while the demotion is on its way',
      before: secondary,
      after: auto(secondary),
      state: 'Primary',
      peer: planned,
      advised: ['DR306'],
    },
    {
      title: 'none on the return after a disaster, where the other site is primary',
      before: primary,
      after: auto(secondary),
      peer: disaster,
      advised: [],
    },
    {
      title: 'none where it is unknown whether the other site is primary',
      before: primary,
      after: auto(secondary),
      peer: { state: 'unknown', site: 'east', why: 'dark' },
      advised: [],
    },
    {
      title: 'on a demotion where no other site is known, besides that advice',
      before: primary,
      after: auto(secondary),
      peer: { state: 'not-configured' },
      advised: ['DR306', 'DR305'],
    },
    {
      title: 'on a primary: the next demotion is the planned one',
      before: primary,
      after: auto(primary),
      peer: { state: 'not-asked' },
      advised: ['DR306'],
    },
    {
      title: 'none for a secondary that was none other before',
      before: secondary,
      after: auto(secondary),
      state: 'Secondary',
      peer: planned,
      advised: [],
    },
    {
      title: 'none for what was asked before',
      before: auto(primary),
      after: auto(primary),
      peer: planned,
      advised: [],
    },
    {
      title: 'none for a demotion without it',
      before: primary,
      after: secondary,
      peer: planned,
      advised: [],
    },
  ])('$title', ({ before, after, peer, state = '', advised }) => {
    expect(codes(replication({ before, after, state }, { peer }))).toEqual(advised);
  });
});

describe('advice', () => {
  const everythingWrong: Partial<ReplicationAdviceFacts> = {
    peer: { state: 'not-configured' },
    lastSyncAt: known(0),
    lastBackupAt: known(undefined),
  };

  it('is given all at once, the worst first', () => {
    expect(codes(replication({ before: primary, after: auto(secondary) }, everythingWrong))).toEqual([
      'DR303',
      'DR306',
      'DR305',
      'DR304',
    ]);
  });

  it.each<{ title: string; change: Partial<ReplicationChange> }>([
    { title: 'is deleted', change: { operation: 'DELETE', after: undefined } },
    { title: 'is on its way out', change: { isTerminating: true } },
    { title: 'follows its group, which was advised', change: { followsGroup: true } },
  ])('is not given about a replication that $title', ({ change }) => {
    expect(codes(replication(change, everythingWrong))).toEqual([]);
  });

  it('names groups by their kind in its commands', () => {
    const [found] = advise(replication({ kind: 'VolumeGroupReplication' }, { lastSyncAt: known(0) }));
    expect(found?.message).toContain('kubectl -n shop describe vgr db');
  });

  it.each(Object.entries(adviceExamples))(
    '%s speaks up at its example, on one line that fits a warning',
    (code, facts) => {
      const [found, ...more] = advise(facts);
      expect([found?.code, more]).toEqual([code, []]);
      expect(`${code}: ${found?.message}`.length).toBeLessThanOrEqual(300);
      expect(found?.message).not.toMatch(/\n/);
    },
  );
});
