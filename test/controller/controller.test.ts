import { afterEach, beforeEach, expect, test } from 'vitest';
import { consentAnnotation } from '../../core/consent.ts';
import { resources } from '../../core/model/resource.ts';
import { connect } from '../../kube/connect.ts';
import { eventually, kubeconfigFor } from '../kube/embedded-cluster.ts';
import {
  type FakeAnswer,
  type FakeCall,
  type FakeDriver,
  followedAtOnce,
  startFakeDriver,
} from './fake-driver.ts';
import {
  driverName,
  eventsOf,
  makeClaim,
  makeReplication,
  patchReplication,
  type RunningController,
  readClaim,
  readReplication,
  readStatus,
  type Site,
  startController,
  startSite,
} from './running-controller.ts';

let site: Site;
let driver: FakeDriver | undefined;
let controller: RunningController | undefined;

beforeEach(async () => {
  site = await startSite();
});
afterEach(async () => {
  await controller?.stop();
  await driver?.close();
  await site.close();
  controller = undefined;
  driver = undefined;
});

const synced = {
  lastSyncTime: new Date('2026-03-01T12:00:00Z'),
  lastSyncDuration: { seconds: 2, nanos: 0 },
  lastSyncBytes: 4_096,
  status: 1,
  statusMessage: 'local image is primary',
};

/** A driver in a good mood: what a test says first, else success. */
const answering =
  (say: (call: FakeCall, earlier: readonly FakeCall[]) => FakeAnswer | undefined = () => undefined) =>
  (call: FakeCall, earlier: readonly FakeCall[]): FakeAnswer => {
    const said = say(call, earlier);
    if (said !== undefined) return said;
    if (call.rpc === 'info') return { code: 'OK', response: synced };
    return { code: 'OK', response: call.rpc === 'resync' ? { ready: false } : {} };
  };

const startDriver = async (
  options: Partial<Parameters<typeof startFakeDriver>[0]> = {},
): Promise<FakeDriver> => {
  driver = await startFakeDriver({ socket: site.socket, name: driverName, answer: answering(), ...options });
  return driver;
};

const calls = (): string[] => (driver?.calls ?? []).map(({ rpc, force }) => (force ? `${rpc}!` : rpc));

const isPrimary = (name: string) =>
  eventually(async () => expect(await readStatus(site.cluster, name)).toMatchObject({ state: 'Primary' }));

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a volume becomes primary: it is protected, the driver is called with the secret, the status says so', async () => {
  await startDriver();
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a', { replicationHandle: 'handle' });
  await isPrimary('a');
  expect(calls()).toEqual(['enable', 'promote', 'info']);
  expect(driver?.calls[0]).toMatchObject({
    volumeId: 'handle-a',
    sourceId: 'handle-a',
    parameters: { mirroringMode: 'snapshot', schedulingInterval: '1m' },
    secrets: { userID: 'admin', userKey: 'hunter2' },
  });
  expect(await readStatus(site.cluster, 'a')).toMatchObject({
    message: 'volume is marked primary',
    lastSyncTime: '2026-03-01T12:00:00Z',
    lastSyncDuration: '2s',
    lastSyncBytes: 4_096,
  });
  expect((await readReplication(site.cluster, 'a')).metadata.finalizers).toEqual([
    'replication.storage.openshift.io',
  ]);
  expect((await readClaim(site.cluster, 'a')).metadata).toMatchObject({
    annotations: { 'replication.storage.openshift.io/volume-replication-name': 'a' },
    finalizers: expect.arrayContaining(['replication.storage.openshift.io/pvc-protection']),
  });
  await eventually(async () => expect(await eventsOf(site.cluster, 'a')).toEqual(['Normal Promoted']));
  expect(controller.logged.join('\n')).not.toContain('hunter2');
});

test('a steady primary is looked at again and again without a single write', async () => {
  await startDriver();
  controller = await startController(site, ['--sync-info-interval=20ms']);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  const { resourceVersion } = (await readReplication(site.cluster, 'a')).metadata;
  const looks = calls().length;
  await eventually(() => expect(calls().length).toBeGreaterThan(looks + 5));
  expect((await readReplication(site.cluster, 'a')).metadata.resourceVersion).toBe(resourceVersion);
  expect(new Set(calls().slice(3))).toEqual(new Set(['info']));
});

test('a volume follows its spec to secondary and back', async () => {
  await startDriver({ answer: answering(followedAtOnce) });
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  await patchReplication(site.cluster, 'a', { spec: { replicationState: 'secondary' } });
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'a')).toMatchObject({
      state: 'Secondary',
      message: 'volume is marked secondary and is degraded',
      observedGeneration: 2,
    }),
  );
  await patchReplication(site.cluster, 'a', { spec: { replicationState: 'primary' } });
  await isPrimary('a');
  expect(calls().filter((call) => call !== 'info')).toEqual([
    'enable',
    'promote',
    'demote',
    'enable',
    'promote',
  ]);
});

const followedIs = (name: string, expected: Record<string, unknown>) =>
  eventually(async () => {
    const { conditions } = await readStatus(site.cluster, name);
    expect(conditions?.find(({ type }) => type === 'Followed')).toMatchObject(expected);
  });

test('a primary that nobody has followed yet is not demoted, and says so, until somebody has', async () => {
  let hasFollowed = false;
  const none: FakeAnswer = { code: 'NotFound', message: 'no sync yet' };
  await startDriver({
    answer: answering((call, earlier) =>
      call.rpc === 'info' && !hasFollowed ? none : followedAtOnce(call, earlier),
    ),
  });
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await followedIs('a', { status: 'False', reason: 'NoSyncYet', observedGeneration: 1 });
  await patchReplication(site.cluster, 'a', { spec: { replicationState: 'secondary' } });
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'a')).toMatchObject({
      state: 'Primary',
      message: expect.stringMatching(/^DR113: /),
      observedGeneration: 2,
    }),
  );
  await followedIs('a', { status: 'False', reason: 'NoSyncYet', observedGeneration: 2 });
  expect(calls()).not.toContain('demote');
  expect(await eventsOf(site.cluster, 'a')).toContain('Warning DemoteRefused');
  hasFollowed = true;
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'a')).toMatchObject({ state: 'Secondary' }),
  );
  const { metadata, status } = await readReplication(site.cluster, 'a');
  expect(JSON.parse(metadata.annotations?.['kubectl-dr.dev/demotion'] ?? '')).toMatchObject({
    followed: 'yes',
    generation: 2,
  });
  expect(status?.conditions?.map(({ type }) => type)).not.toContain('Followed');
});

test('a claim that appears, binds and gets its volume later is picked up at once', async () => {
  await startDriver();
  controller = await startController(site);
  await makeReplication(site.cluster, 'late');
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'late')).toMatchObject({
      state: 'Unknown',
      message: 'PersistentVolumeClaim "late" not found',
    }),
  );
  await makeClaim(site.cluster, 'late');
  await isPrimary('late');
});

test('deletion disables mirroring, lets go of the claim and of the object', async () => {
  await startDriver();
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  await site.cluster.delete(resources.volumeReplications, { name: 'a', namespace: 'default' });
  await eventually(() =>
    expect(readReplication(site.cluster, 'a')).rejects.toMatchObject({ code: 'NotFound' }),
  );
  expect(calls().at(-1)).toBe('disable');
  const { annotations = {}, finalizers = [] } = (await readClaim(site.cluster, 'a')).metadata;
  expect(Object.keys(annotations)).not.toContain('replication.storage.openshift.io/volume-replication-name');
  expect(finalizers).not.toContain('replication.storage.openshift.io/pvc-protection');
});

test('of two VolumeReplications for one claim the second is refused, and its deletion leaves the mirroring alone', async () => {
  await startDriver();
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  await makeReplication(site.cluster, 'b', { dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } });
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'b')).message).toMatch(/not owned by correct VolumeReplication/),
  );
  await site.cluster.delete(resources.volumeReplications, { name: 'b', namespace: 'default' });
  await eventually(() =>
    expect(readReplication(site.cluster, 'b')).rejects.toMatchObject({ code: 'NotFound' }),
  );
  expect(calls()).not.toContain('disable');
  expect((await readClaim(site.cluster, 'a')).metadata.annotations).toMatchObject({
    'replication.storage.openshift.io/volume-replication-name': 'a',
  });
});

const busy: FakeAnswer = { code: 'FailedPrecondition', message: 'rbd: ret=-16, Device or resource busy' };

test('without a peer a refused promote is forced, and a warning tells of it', async () => {
  await startDriver({
    answer: answering(({ rpc, force }) => (rpc === 'promote' && !force ? busy : undefined)),
  });
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  expect(calls()).toEqual(['enable', 'promote', 'promote!', 'info']);
  await eventually(async () => expect(await eventsOf(site.cluster, 'a')).toEqual(['Warning ForcePromoted']));
});

test('with consent required nothing is forced until somebody consents, once', async () => {
  await startDriver({
    answer: answering(({ rpc, force }) => (rpc === 'promote' && !force ? busy : undefined)),
  });
  controller = await startController(site, ['--force-promote=consent']);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'a')).message).toMatch(/two primaries/),
  );
  expect(calls()).not.toContain('promote!');
  const consent = {
    accepts: ['force-promote'],
    maxLoss: 'unknown',
    by: 'alice',
    expires: new Date(Date.now() + 600_000).toISOString(),
  };
  await patchReplication(site.cluster, 'a', {
    metadata: { annotations: { [consentAnnotation]: JSON.stringify(consent) } },
  });
  await isPrimary('a');
  expect(calls().filter((call) => call === 'promote!')).toHaveLength(1);
  expect(
    (await readReplication(site.cluster, 'a')).metadata.annotations?.[consentAnnotation],
  ).toBeUndefined();
  await eventually(async () =>
    expect((await eventsOf(site.cluster, 'a')).toSorted()).toEqual([
      'Normal ConsentRemoved',
      'Warning ForcePromoted',
      'Warning PromoteRefused',
    ]),
  );
});

test('a forced promote that answers an error although it happened ends well without a person', async () => {
  await startDriver({
    answer: answering(({ rpc, force }, earlier) => {
      if (rpc !== 'promote') return undefined;
      if (force)
        return { code: 'Internal', message: 'failed to promote image with stderror: BANNER_CONNECTING' };
      return earlier.some((call) => call.force) ? undefined : busy;
    }),
  });
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  expect(calls()).toEqual(['enable', 'promote', 'promote!', 'enable', 'promote', 'info']);
});

test('a driver that is not there yet is waited for without a loop, and the status says so', async () => {
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'a')).message).toMatch(
      /waiting for the driver: .*its socket does not exist/,
    ),
  );
  const { resourceVersion } = (await readReplication(site.cluster, 'a')).metadata;
  await wait(1_200);
  expect((await readReplication(site.cluster, 'a')).metadata.resourceVersion).toBe(resourceVersion);
  await startDriver();
  await isPrimary('a');
});

test('a driver that crashes in the middle of a call is waited for, and the call is made again', async () => {
  const crashed = Promise.withResolvers<void>();
  const first = await startDriver({
    answer: ({ rpc }) => {
      if (rpc !== 'promote') return { code: 'OK' };
      crashed.resolve();
      return new Promise(() => undefined);
    },
  });
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await crashed.promise;
  await first.close();
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'a')).message).toMatch(/^waiting for the driver/),
  );
  expect((await readStatus(site.cluster, 'a')).conditions ?? []).toEqual([]);
  await startDriver();
  await isPrimary('a');
});

test('a call that hangs is told of in the status, and forgotten when it ends', async () => {
  const gate = Promise.withResolvers<FakeAnswer>();
  await startDriver({
    answer: (call, earlier) => (call.rpc === 'promote' ? gate.promise : answering()(call, earlier)),
  });
  controller = await startController(site, [], { slowCallMs: 50 });
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'a')).message).toBe(
      'waiting for the driver: PromoteVolume has not answered for 0.05s',
    ),
  );
  gate.resolve({ code: 'OK' });
  await isPrimary('a');
  expect((await readStatus(site.cluster, 'a')).message).toBe('volume is marked primary');
});

test('a steady primary whose information hangs once says so, and then what it said before', async () => {
  let hangs = false;
  const gate = Promise.withResolvers<void>();
  await startDriver({
    answer: async (call, earlier) => {
      if (call.rpc === 'info' && hangs) await gate.promise;
      return answering()(call, earlier);
    },
  });
  controller = await startController(site, ['--sync-info-interval=20ms'], { slowCallMs: 50 });
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  hangs = true;
  await eventually(async () => expect((await readStatus(site.cluster, 'a')).message).toMatch(/^waiting/));
  gate.resolve();
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'a')).message).toBe('volume is marked primary'),
  );
});

test('a driver that accepts connections and answers nothing is waited for, too', async () => {
  await startDriver({ probe: () => new Promise(() => undefined) });
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await eventually(
    async () => expect((await readStatus(site.cluster, 'a')).message).toMatch(/it does not answer$/),
    15_000,
  );
  expect(calls()).toEqual([]);
});

test('a driver of another name is as good as none, which is said once', async () => {
  await startDriver({ name: 'other.csi.example.com' });
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'a')).message).toMatch(
      /is other.csi.example.com, not rbd.csi.ceph.com/,
    ),
  );
  await wait(1_500);
  expect(controller.logged.filter((line) => line.includes('other.csi.example.com'))).toHaveLength(2);
  expect(calls()).toEqual([]);
});

test('a class of another driver is left to its own controller', async () => {
  await startDriver();
  controller = await startController(site);
  await site.cluster.create(resources.volumeReplicationClasses, {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplicationClass',
    metadata: { name: 'foreign' },
    spec: { provisioner: 'other.csi.example.com' },
  });
  await makeClaim(site.cluster, 'a');
  await makeClaim(site.cluster, 'b');
  await makeReplication(site.cluster, 'a', { volumeReplicationClass: 'foreign' });
  await makeReplication(site.cluster, 'b');
  await isPrimary('b');
  expect((await readReplication(site.cluster, 'a')).status).toBeUndefined();
});

test('one volume never has two calls at once, however often it changes, and many volumes go on side by side', async () => {
  await startDriver({ latencyMs: 10 });
  controller = await startController(site, ['--sync-info-interval=1ms']);
  const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
  await Promise.all(
    names.map(async (name) => {
      await makeClaim(site.cluster, name);
      await makeReplication(site.cluster, name);
    }),
  );
  for (const state of ['secondary', 'primary']) {
    await Promise.all(
      names.map((name) => patchReplication(site.cluster, name, { spec: { replicationState: state } })),
    );
  }
  for (const name of names) {
    await eventually(async () =>
      expect(await readStatus(site.cluster, name)).toMatchObject({ state: 'Primary', observedGeneration: 3 }),
    );
  }
  expect(driver?.overlap()).toBe(1);
});

test('an API server that restarts costs nothing but time', async () => {
  await startDriver({ answer: answering(followedAtOnce) });
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  await site.server.refuse();
  await wait(100);
  await site.server.listen();
  await patchReplication(site.cluster, 'a', { spec: { replicationState: 'secondary' } });
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'a')).toMatchObject({ state: 'Secondary' }),
  );
});

test('a controller that stops finishes what it has begun', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await startDriver({
    answer: async (call, earlier) => {
      if (call.rpc === 'promote') {
        begun.resolve();
        await gate.promise;
      }
      return answering()(call, earlier);
    },
  });
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await begun.promise;
  const stopped = controller.stop();
  gate.resolve();
  await stopped;
  expect(await readStatus(site.cluster, 'a')).toMatchObject({ state: 'Primary' });
});

test('of two controllers only the leader works, and the other follows when it goes', async () => {
  await startDriver({ answer: answering(followedAtOnce) });
  const args = [
    '--leader-election',
    '--leader-election-lease-duration=2s',
    '--leader-election-renew-deadline=1s',
    '--leader-election-retry-period=50ms',
  ];
  const first = await startController(site, args, { identity: 'first' });
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  controller = await startController(site, args, { identity: 'second' });
  await wait(200);
  expect(controller.logged.some((line) => line.startsWith('Became the leader'))).toBe(false);
  await first.stop();
  await patchReplication(site.cluster, 'a', { spec: { replicationState: 'secondary' } });
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'a')).toMatchObject({ state: 'Secondary' }),
  );
});

test('metrics and probes are served', async () => {
  await startDriver();
  controller = await startController(site, [
    '--metrics-bind-address=127.0.0.1:18480',
    '--health-probe-bind-address=127.0.0.1:18481',
  ]);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isPrimary('a');
  const text = await (await fetch('http://127.0.0.1:18480/metrics')).text();
  expect(text).toContain('dr_controller_volume_replications{state="Primary"} 1');
  expect(text).toContain('dr_controller_driver_call_duration_seconds_count{rpc="promote",code="OK"} 1');
  expect((await fetch('http://127.0.0.1:18481/readyz')).status).toBe(200);
  expect((await fetch('http://127.0.0.1:18481/nothing')).status).toBe(404);
});

const ready = async (): Promise<string> => {
  const response = await fetch('http://127.0.0.1:18482/readyz');
  return `${response.status} ${await response.text()}`;
};
const serveReadiness = '--health-probe-bind-address=127.0.0.1:18482';

test('a missing CRD is told once in the log and in /readyz, and work begins when it is there', async () => {
  const name = 'volumereplicationclasses.replication.storage.openshift.io';
  const definition = await site.cluster.get(resources.customResourceDefinitions, { name });
  await site.cluster.delete(resources.customResourceDefinitions, { name });
  await startDriver();
  controller = await startController(site, [serveReadiness]);
  await eventually(async () => expect(await ready()).toMatch(/^503 not ready\n- .*is not served: its CRD/));
  const told = () => controller?.logged.filter((line) => line.startsWith('Cannot work')).length;
  // The first back-off is over when it has been tried a second time.
  const tries = () => controller?.logged.filter((line) => line.startsWith('Lost contact')).length;
  await eventually(() => expect(tries()).toBeGreaterThan(1));
  expect(told()).toBe(1);
  const { resourceVersion: _, uid: __, ...metadata } = definition.metadata;
  await site.cluster.create(resources.customResourceDefinitions, { ...definition, metadata });
  await eventually(async () => expect(await ready()).toBe('200 ok\n'), 20_000);
});

test('credentials that the API server does not accept are told in the log and in /readyz', async () => {
  await startDriver();
  const stranger = connect({
    kubeconfig: kubeconfigFor(site.server.url, undefined, {
      user: { clientCertificate: undefined, clientKey: undefined, token: 'wrong' },
    }),
  });
  controller = await startController(site, [serveReadiness], { cluster: stranger });
  await eventually(async () => expect(await ready()).toMatch(/^503 .*does not accept these credentials/s));
  const told = controller.logged.filter((line) => line.startsWith('Cannot work'));
  expect(told.length).toBeGreaterThan(0);
  expect(told.join('\n')).not.toContain('wrong');
});
