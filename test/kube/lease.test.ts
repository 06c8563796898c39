import { afterAll, beforeAll, expect, test } from 'vitest';
import { resources } from '../../core/model/resource.ts';
import { acquireLeadership, type LeaderElectionOptions, type Lease } from '../../kube/lease.ts';
import { microTime } from '../../kube/micro-time.ts';
import { type EmbeddedCluster, eventually, startEmbeddedCluster } from './embedded-cluster.ts';

let embedded: EmbeddedCluster;
beforeAll(async () => {
  embedded = await startEmbeddedCluster();
});
afterAll(() => embedded.close());

const contender = (
  name: string,
  identity: string,
  change: Partial<LeaderElectionOptions> = {},
): { options: LeaderElectionOptions; stop: AbortController } => {
  const stop = new AbortController();
  return {
    stop,
    options: {
      cluster: embedded.cluster,
      lease: { namespace: 'default', name },
      identity,
      leaseDurationMs: 1_000,
      renewDeadlineMs: 600,
      retryPeriodMs: 50,
      signal: stop.signal,
      now: Date.now,
      random: () => 0,
      ...change,
    },
  };
};

const read = (name: string) => embedded.cluster.get<Lease>(resources.leases, { name, namespace: 'default' });

test('times of a lease have six digits', () => {
  expect(microTime(Date.parse('2026-03-01T12:00:00.123Z'))).toBe('2026-03-01T12:00:00.123000Z');
});

test('the first one gets the lease, renews it and gives it back', async () => {
  const a = contender('simple', 'a');
  const { ended, lost } = await acquireLeadership(a.options);
  const taken = await read('simple');
  expect(taken.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 1, leaseTransitions: 0 });
  expect(taken.spec?.renewTime).toMatch(/\.\d{6}Z$/);
  await eventually(async () =>
    expect((await read('simple')).spec?.renewTime).not.toBe(taken.spec?.renewTime),
  );
  a.stop.abort();
  await ended;
  expect(lost.aborted).toBe(true);
  expect((await read('simple')).spec?.holderIdentity).toBe('');
});

test('a second one waits, and follows as soon as the lease is given back', async () => {
  const a = contender('handover', 'a');
  const b = contender('handover', 'b');
  const first = await acquireLeadership(a.options);
  let isLeader = false;
  const waiting = acquireLeadership(b.options).then((leadership) => {
    isLeader = true;
    return leadership;
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(isLeader).toBe(false);
  a.stop.abort();
  await first.ended;
  const second = await waiting;
  expect((await read('handover')).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  b.stop.abort();
  await second.ended;
});

test('one whose holder died is taken over after its duration', async () => {
  const time = microTime(Date.now() - 3_600_000);
  await embedded.cluster.create<Lease>(resources.leases, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'dead', namespace: 'default' },
    spec: { holderIdentity: 'dead', leaseDurationSeconds: 1, acquireTime: time, renewTime: time },
  });
  const b = contender('dead', 'b');
  const startedAt = Date.now();
  const { ended } = await acquireLeadership(b.options);
  // Its own clock may be wrong, so the time in the lease says nothing: it was watched for its whole duration.
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(950);
  b.stop.abort();
  await ended;
});

test('a leader that cannot renew stops being one before others may take over', async () => {
  const own = embedded.connectAgain();
  const a = contender('cut-off', 'a', { cluster: own, leaseDurationMs: 60_000 });
  const { lost } = await acquireLeadership(a.options);
  await embedded.server.refuse();
  // The lease itself lasts a minute, which nobody waits for here.
  await eventually(() => expect(lost.aborted).toBe(true));
  await embedded.server.listen();
  a.stop.abort();
});

test('a leader that cannot renew because the server hangs stops before others may take over, too', async () => {
  const a = contender('hanging', 'a', { cluster: embedded.connectAgain(), leaseDurationMs: 60_000 });
  const { lost } = await acquireLeadership(a.options);
  embedded.server.hang();
  await eventually(() => expect(lost.aborted).toBe(true));
  embedded.server.resume();
  a.stop.abort();
});

test('a leader that was stopped for longer than its lease knows it at once when it goes on', async () => {
  let stoppedMs = 0;
  const a = contender('stopped', 'a', { now: () => Date.now() + stoppedMs });
  const { isCurrent, lost } = await acquireLeadership(a.options);
  expect(isCurrent()).toBe(true);
  stoppedMs = 5_000;
  expect(lost.aborted).toBe(false);
  expect(isCurrent()).toBe(false);
  a.stop.abort();
});

test('a leader whose lease another one took is told at once', async () => {
  const a = contender('stolen', 'a');
  const { lost } = await acquireLeadership(a.options);
  await eventually(async () => {
    const lease = await read('stolen');
    await embedded.cluster.replace(resources.leases, {
      ...lease,
      spec: { ...lease.spec, holderIdentity: 'thief' },
    });
  });
  await eventually(() => expect(lost.reason).toMatchObject({ code: 'LeadershipLost' }));
  a.stop.abort();
});
