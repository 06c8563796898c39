import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../kube/embedded-cluster.ts';
import { type FakeCall, type FakeDriver, startFakeDriver, tellsReplica } from './fake-driver.ts';
import {
  driverName,
  makeClaim,
  makeReplication,
  patchReplication,
  type RunningController,
  readStatus,
  type Site,
  startController,
  startSite,
} from './running-controller.ts';

let site: Site;
let controller: RunningController | undefined;
let driver: FakeDriver | undefined;
beforeAll(async () => {
  site = await startSite();
});
afterEach(async () => {
  await controller?.stop();
  await driver?.close();
});
afterAll(() => site.close());

/** A driver whose answer to one kind of call the test holds back. */
const heldDriver = async (
  held: FakeCall['rpc'],
  refusal?: { code: 'FailedPrecondition'; message: string },
) => {
  const open = Promise.withResolvers<void>();
  driver = await startFakeDriver({
    socket: site.socket,
    name: driverName,
    answer: async (call, earlier) => {
      // A call that was refused has made no primary.
      if (call.rpc !== held || earlier.some(({ rpc }) => rpc === held))
        return tellsReplica(call, refusal === undefined ? earlier : []) ?? { code: 'OK' };
      await open.promise;
      return refusal ?? { code: 'OK' };
    },
  });
  const { calls } = driver;
  return {
    calls,
    release: open.resolve,
    begun: () => eventually(() => expect(calls.map(({ rpc }) => rpc)).toContain(held)),
  };
};

test('a volume whose spec changes while the driver enables it is not promoted', async () => {
  const { calls, begun, release } = await heldDriver('enable');
  controller = await startController(site);
  await makeClaim(site.cluster, 'turned');
  await makeReplication(site.cluster, 'turned');
  await begun();
  await patchReplication(site.cluster, 'turned', { spec: { replicationState: 'secondary' } });
  // A watch keeps the order: once this one is seen, so is the change before it.
  await makeReplication(site.cluster, 'marker');
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'marker')).message).toMatch(/not found/),
  );
  release();
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'turned')).toMatchObject({
      state: 'Secondary',
      observedGeneration: 2,
    }),
  );
  expect(calls.map(({ rpc }) => rpc)).not.toContain('promote');
});

test('a force for what is no longer asked for is not made, also where nobody has to consent', async () => {
  const busy = { code: 'FailedPrecondition', message: 'Device or resource busy' } as const;
  const { calls, begun, release } = await heldDriver('promote', busy);
  controller = await startController(site);
  await makeClaim(site.cluster, 'withdrawn');
  await makeReplication(site.cluster, 'withdrawn');
  await begun();
  // Released at once: the cache may not know of the change yet, the server does.
  await patchReplication(site.cluster, 'withdrawn', { spec: { replicationState: 'secondary' } });
  release();
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'withdrawn')).toMatchObject({ state: 'Secondary' }),
  );
  expect(calls.filter(({ force }) => force)).toEqual([]);
});

test('another driver that comes to the same socket is asked nothing', async () => {
  driver = await startFakeDriver({ socket: site.socket, name: driverName });
  controller = await startController(site);
  await makeClaim(site.cluster, 'before');
  await makeReplication(site.cluster, 'before');
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'before')).toMatchObject({ state: 'Primary' }),
  );
  await driver.close();
  driver = await startFakeDriver({ socket: site.socket, name: 'other.csi' });
  await makeClaim(site.cluster, 'after');
  await makeReplication(site.cluster, 'after');
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'after')).message).toMatch(
      /is other\.csi, not rbd\.csi\.ceph\.com/,
    ),
  );
  expect(driver.calls).toEqual([]);
});

test.each([
  ['zero', new Date(-62_135_596_800_000)],
  ['far', new Date(8.64e15)],
])('a sync time that is none (%s) keeps no volume from being primary', async (name, lastSyncTime) => {
  driver = await startFakeDriver({
    socket: site.socket,
    name: driverName,
    answer: ({ rpc }) =>
      rpc === 'info'
        ? { code: 'OK', response: { lastSyncTime, lastSyncBytes: 0, status: 1, statusMessage: '' } }
        : { code: 'OK' },
  });
  controller = await startController(site);
  await makeClaim(site.cluster, name);
  await makeReplication(site.cluster, name);
  await eventually(async () =>
    expect(await readStatus(site.cluster, name)).toMatchObject({ state: 'Primary' }),
  );
  expect((await readStatus(site.cluster, name)).lastSyncTime).toBeUndefined();
});

test('an error longer than a condition can hold is told in part', async () => {
  driver = await startFakeDriver({
    socket: site.socket,
    name: driverName,
    answer: () => ({ code: 'Internal', message: 'stderr '.repeat(5_000) }),
  });
  controller = await startController(site);
  await makeClaim(site.cluster, 'wordy');
  await makeReplication(site.cluster, 'wordy');
  await eventually(async () =>
    expect((await readStatus(site.cluster, 'wordy')).message).toMatch(/^stderr stderr .* …$/),
  );
});

test('an error that quotes the secret reaches neither status, Events nor log', async () => {
  driver = await startFakeDriver({
    socket: site.socket,
    name: driverName,
    answer: ({ secrets }) => ({
      code: 'Internal',
      message: `rbd --key=${secrets['userKey']} failed for ${secrets['userID']}`,
    }),
  });
  controller = await startController(site, ['--v=6']);
  await makeClaim(site.cluster, 'leaky');
  await makeReplication(site.cluster, 'leaky');
  await eventually(async () =>
    expect(await readStatus(site.cluster, 'leaky')).toMatchObject({
      message: 'rbd --key=[redacted] failed for admin',
    }),
  );
  expect(JSON.stringify(await readStatus(site.cluster, 'leaky'))).not.toContain('hunter2');
  expect(controller.logged.join('\n')).not.toContain('hunter2');
});
