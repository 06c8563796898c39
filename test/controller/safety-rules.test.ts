import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConsentAction, consentAnnotation } from '../../core/consent.ts';
import { usesAnnotation } from '../../core/consent-use.ts';
import { demotionAnnotation, demotionText, type FollowedState } from '../../core/following/demotion.ts';
import { resources } from '../../core/model/resource.ts';
import {
  type ReplicationState,
  replicationNames,
  type VolumeReplication,
} from '../../core/model/volume-replication.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { eventually } from '../kube/embedded-cluster.ts';
import {
  type FakeAnswer,
  type FakeCall,
  type FakeDriver,
  followedAtOnce,
  startFakeDriver,
  tellsReplica,
} from './fake-driver.ts';
import {
  countRequests,
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
let other: Site;
let driver: FakeDriver;
let controller: RunningController | undefined;
let answer: (call: FakeCall, earlier: readonly FakeCall[]) => FakeAnswer | Promise<FakeAnswer> | undefined;

const synced = {
  lastSyncTime: new Date('2026-03-01T12:00:00Z'),
  lastSyncDuration: { seconds: 2, nanos: 0 },
  lastSyncBytes: 4_096,
  status: 1,
  statusMessage: 'local image is primary',
};

const wellMeant = ({ rpc }: FakeCall): FakeAnswer => {
  if (rpc === 'info') return { code: 'OK', response: synced };
  return { code: 'OK', response: rpc === 'resync' ? { ready: false } : {} };
};

beforeEach(async () => {
  [site, other] = await Promise.all([startSite(), startSite()]);
  answer = () => undefined;
  driver = await startFakeDriver({
    socket: site.socket,
    name: driverName,
    answer: async (call, earlier) =>
      (await answer(call, earlier)) ?? tellsReplica(call, earlier) ?? wellMeant(call),
  });
});
afterEach(async () => {
  await controller?.stop();
  controller = undefined;
  await driver.close();
  await Promise.all([site.close(), other.close()]);
});

const start = async (...args: string[]): Promise<void> => {
  controller = await startController(site, args, { peer: other.connectAgain({ name: 'cluster-2' }) });
};

const calls = (): string[] => driver.calls.map(({ rpc, force }) => (force ? `${rpc}!` : rpc));

const reaches = (name: string, status: Record<string, unknown>) =>
  eventually(async () => expect(await readStatus(site.cluster, name)).toMatchObject(status));

const isRefused = (name: string, message: RegExp) =>
  reaches(name, { message: expect.stringMatching(message) });

const consentTo = (name: string, ...accepts: ConsentAction[]) => consentSeeing(name, 'unknown', ...accepts);

/** By somebody who saw the peer so. */
const consentSeeing = (name: string, peer: string, ...accepts: ConsentAction[]) => {
  const expires = new Date(Date.now() + 600_000).toISOString();
  const consent = JSON.stringify({ accepts, seen: { peer }, maxLoss: 'unknown', by: 'alice', expires });
  return patchReplication(site.cluster, name, {
    metadata: { annotations: { [consentAnnotation]: consent } },
  });
};

const consentOf = async (name: string): Promise<string | undefined> =>
  (await readReplication(site.cluster, name)).metadata.annotations?.[consentAnnotation];

/** A settled replica, as a controller of the other site would leave it. */
const settle = async (cluster: Cluster, name: string, state: 'Primary' | 'Secondary'): Promise<void> => {
  const { metadata } = await readReplication(cluster, name);
  await cluster.patch(
    resources.volumeReplications,
    { name, namespace: 'default' },
    { status: { state, observedGeneration: metadata.generation } },
    { type: 'merge', subresource: 'status' },
  );
};

const annotateClaim = (name: string, annotations: Record<string, string>) =>
  site.cluster.patch(
    resources.persistentVolumeClaims,
    { name, namespace: 'default' },
    { metadata: { annotations } },
    { type: 'merge' },
  );

const makeThere = async (name: string, replicationState: 'primary' | 'secondary'): Promise<void> => {
  // Under another name: what both sites share is the volume's identity.
  await makeClaim(other.cluster, `${name}-there`, { handle: `handle-${name}` });
  await makeReplication(other.cluster, `${name}-there`, { replicationState });
  await settle(other.cluster, `${name}-there`, replicationState === 'primary' ? 'Primary' : 'Secondary');
};

/** As the peer's controller would leave it after a demotion that somebody marked. */
const demoteThere = async (name: string, followed: FollowedState): Promise<void> => {
  const { metadata } = await readReplication(other.cluster, `${name}-there`);
  const mark = demotionText({ followed, at: Date.now() }, (metadata.generation ?? 0) + 1);
  await patchReplication(other.cluster, `${name}-there`, {
    metadata: { annotations: { [demotionAnnotation]: mark } },
    spec: { replicationState: 'secondary' },
  });
  await settle(other.cluster, `${name}-there`, 'Secondary');
};

describe('a volume whose peer is primary', () => {
  test('is not promoted, nor marked, and the driver is not even asked; it is promoted once the peer has stepped down', async () => {
    await makeThere('a', 'primary');
    await start();
    await makeClaim(site.cluster, 'a');
    await makeReplication(site.cluster, 'a');
    await isRefused('a', /^DR102: .*cluster-2.*a-there/);
    const { metadata, status } = await readReplication(site.cluster, 'a');
    expect(metadata.finalizers ?? []).toEqual([]);
    const lines = status?.conditions?.map(({ type, status: value, reason }) => `${type}=${value} ${reason}`);
    expect(lines).toContain('Validated=False PrerequisiteNotMet');
    expect(lines).toContain('Completed=False FailedToPromote');
    await eventually(async () =>
      expect(await eventsOf(site.cluster, 'a')).toEqual(['Warning PromoteRefused']),
    );
    expect(calls()).toEqual([]);

    await demoteThere('a', 'yes');
    await reaches('a', { state: 'Primary' });
    expect(calls()).toEqual(['enable', 'promote', 'info']);
  });

  test('is not promoted where the peer was demoted before anybody had followed it, unless that is accepted', async () => {
    await makeThere('a', 'primary');
    await demoteThere('a', 'no');
    await start();
    await makeClaim(site.cluster, 'a');
    await makeReplication(site.cluster, 'a');
    await isRefused(
      'a',
      /^DR113: cluster-2 was demoted before this site had followed it \(.*a-there there\)/,
    );
    expect(calls()).toEqual([]);
    await consentTo('a', 'lose-since-promote');
    await reaches('a', { state: 'Primary' });
    await eventually(async () => expect(await consentOf('a')).toBeUndefined());
  });

  test('is not promoted where nothing tells whether anybody had followed the peer', async () => {
    await makeThere('a', 'primary');
    await patchReplication(other.cluster, 'a-there', { spec: { replicationState: 'secondary' } });
    await settle(other.cluster, 'a-there', 'Secondary');
    await start();
    await makeClaim(site.cluster, 'a');
    await makeReplication(site.cluster, 'a');
    await isRefused('a', /^DR113: nothing tells whether this site had followed cluster-2/);
    expect(calls()).toEqual([]);
  });

  test('is promoted with consent, which is taken away and told of', async () => {
    await makeThere('a', 'primary');
    await start();
    await makeClaim(site.cluster, 'a');
    await makeReplication(site.cluster, 'a');
    await isRefused('a', /^DR102: /);
    await consentTo('a', 'force-promote');
    await isRefused('a', /could not tell whether the other site is primary, and it says now that it is/);
    await consentSeeing('a', 'primary', 'force-promote');
    await reaches('a', { state: 'Primary' });
    expect(await consentOf('a')).toBeUndefined();
    const { annotations } = (await readReplication(site.cluster, 'a')).metadata;
    expect(JSON.parse(annotations?.[usesAnnotation] ?? '')).toMatchObject([{ generation: 1 }]);
    await eventually(async () =>
      expect([...new Set(await eventsOf(site.cluster, 'a'))].toSorted()).toEqual([
        'Normal ConsentRemoved',
        'Warning PromoteRefused',
        'Warning PromotedWithConsent',
      ]),
    );
  });

  test('is promoted where upstream behaviour is set, and no request goes to the peer', async () => {
    await makeThere('a', 'primary');
    const { cluster, requests } = countRequests(other.connectAgain({ name: 'cluster-2' }));
    controller = await startController(site, ['--force-promote=upstream'], { peer: cluster });
    await makeClaim(site.cluster, 'a');
    await makeReplication(site.cluster, 'a');
    const before = requests();
    await reaches('a', { state: 'Primary' });
    expect(requests()).toBe(before);
  });
});

test('a volume whose peer is dark is not promoted without consent', async () => {
  await other.server.refuse();
  await start();
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isRefused('a', /^DR102: cannot tell whether cluster-2 is primary/);
  expect(calls()).toEqual([]);
  await consentTo('a', 'force-promote');
  await reaches('a', { state: 'Primary' });
});

test('a spec that is turned back while the peer is asked is followed, not the one before', async () => {
  await makeThere('a', 'secondary');
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const peer = other.connectAgain({ name: 'cluster-2' });
  const slow = new Proxy(peer, {
    get: (target, name: keyof Cluster) => {
      if (name !== 'listAll' && name !== 'list') return target[name];
      return async (...words: Parameters<Cluster['list']>) => {
        if (words[0] === resources.volumeReplications) {
          asked.resolve();
          await go.promise;
        }
        return target[name](...words);
      };
    },
  });
  controller = await startController(site, [], { peer: slow });
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await asked.promise;
  await patchReplication(site.cluster, 'a', { spec: { replicationState: 'secondary' } });
  // A watch keeps the order: once this one is seen, so is the change before it.
  await makeReplication(site.cluster, 'marker', { replicationState: 'secondary' });
  await isRefused('marker', /not found/);
  go.resolve();
  await reaches('a', { state: 'Secondary' });
  expect(calls()).not.toContain('promote');
});

test('a call that takes long has the peer asked again before the promote', async () => {
  await makeThere('a', 'secondary');
  let now = Date.now();
  answer = async ({ rpc }) => {
    if (rpc !== 'enable') return undefined as never;
    await patchReplication(other.cluster, 'a-there', { spec: { replicationState: 'primary' } });
    now += 15_000;
    return { code: 'OK' };
  };
  const peer = other.connectAgain({ name: 'cluster-2' });
  controller = await startController(site, [], { peer, now: () => now });
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await isRefused('a', /^DR102: /);
  expect(calls()).toEqual(['enable']);
});

test('a promote that had to wait for another call of its volume has the peer asked again', async () => {
  await makeThere('a', 'secondary');
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  answer = async ({ rpc }) => {
    if (rpc === 'demote') {
      begun.resolve();
      await release.promise;
    }
    return undefined as never;
  };
  let now = Date.now();
  const { cluster, requests } = countRequests(other.connectAgain({ name: 'cluster-2' }));
  controller = await startController(site, [], { peer: cluster, now: () => now });
  await makeClaim(site.cluster, 'twin', { handle: 'handle-a' });
  await makeReplication(site.cluster, 'twin', { replicationState: 'secondary' });
  await begun.promise;
  const before = requests();
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await eventually(() => expect(requests()).toBeGreaterThan(before));
  // Marked right before the first call.
  await eventually(async () =>
    expect((await readClaim(site.cluster, 'a')).metadata.finalizers).toContain(replicationNames.pvcFinalizer),
  );
  await patchReplication(other.cluster, 'a-there', { spec: { replicationState: 'primary' } });
  now += 15_000;
  release.resolve();
  await isRefused('a', /^DR102: /);
  expect(calls()).not.toContain('enable');
});

describe('two replications of one volume on one cluster', () => {
  const twin = async (replicationState: ReplicationState = 'primary'): Promise<void> => {
    await site.cluster.create(resources.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'copies' },
    });
    await makeClaim(site.cluster, 'twin', { namespace: 'copies', handle: 'handle-a' });
    await site.cluster.create<VolumeReplication>(resources.volumeReplications, {
      apiVersion: 'replication.storage.openshift.io/v1alpha1',
      kind: 'VolumeReplication',
      metadata: { name: 'twin', namespace: 'copies' },
      spec: {
        volumeReplicationClass: 'rbd',
        replicationState,
        dataSource: { kind: 'PersistentVolumeClaim', name: 'twin' },
      },
    });
  };
  const readTwin = () =>
    site.cluster.get<VolumeReplication>(resources.volumeReplications, { name: 'twin', namespace: 'copies' });

  test('are not both promoted; the second follows as soon as the first has stepped down', async () => {
    answer = followedAtOnce;
    controller = await startController(site);
    await makeClaim(site.cluster, 'a');
    await makeReplication(site.cluster, 'a');
    await reaches('a', { state: 'Primary' });
    await twin();
    await eventually(async () => expect((await readTwin()).status?.message).toMatch(/^DR101: .*default/));
    expect(calls().filter((call) => call === 'promote')).toHaveLength(1);
    await patchReplication(site.cluster, 'a', { spec: { replicationState: 'secondary' } });
    await eventually(async () => expect((await readTwin()).status).toMatchObject({ state: 'Primary' }));
  });

  test('leave the volume to the one that is primary: the other neither demotes nor disables it', async () => {
    controller = await startController(site);
    await makeClaim(site.cluster, 'a');
    await makeReplication(site.cluster, 'a');
    await reaches('a', { state: 'Primary' });
    await twin('secondary');
    await eventually(async () => expect((await readTwin()).status?.message).toMatch(/^DR105: .*default\/a/));
    await site.cluster.delete(resources.volumeReplications, { name: 'twin', namespace: 'copies' });
    await eventually(() => expect(readTwin()).rejects.toThrow('not found'));
    expect(calls().filter((call) => call !== 'info')).toEqual(['enable', 'promote']);
  });

  test('are not promoted where only one namespace is watched, as nobody knows the other', async () => {
    await makeClaim(site.cluster, 'a');
    await twin();
    await makeReplication(site.cluster, 'a');
    controller = await startController(site, ['--namespace=default']);
    await isRefused('a', /^DR101: .*copies\/twin.*only namespace default is watched/);
    expect(calls()).toEqual([]);
  });

  test('for the same claim do not wait for each other: the one that has the claim is promoted', async () => {
    await makeClaim(site.cluster, 'a');
    await makeReplication(site.cluster, 'a');
    await makeReplication(site.cluster, 'b', { dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } });
    controller = await startController(site);
    const states = async () =>
      Promise.all(['a', 'b'].map(async (name) => (await readStatus(site.cluster, name)).state));
    await eventually(async () => expect((await states()).toSorted()).toEqual(['Primary', 'Unknown']));
  });

  test('one of which is a group are not both promoted', async () => {
    controller = await startController(site);
    await makeClaim(site.cluster, 'member', { handle: 'handle-a' });
    await annotateClaim('member', { [replicationNames.pvcGroupOwnerAnnotation]: 'all' });
    await makeClaim(site.cluster, 'a');
    await makeReplication(site.cluster, 'a');
    await isRefused('a', /^DR101: cannot tell.*VolumeGroupReplication default\/all/);
    await makeReplication(site.cluster, 'carrier', {
      dataSource: { kind: 'VolumeGroupReplication', name: 'all' },
    });
    await isRefused('a', /^DR101: VolumeGroupReplication .*all/);
  });
});

describe('a volume that would go with its claim', () => {
  test('is not promoted, and promoted at once when its policy is set', async () => {
    controller = await startController(site);
    await makeClaim(site.cluster, 'a', { reclaim: 'Delete' });
    await makeReplication(site.cluster, 'a');
    await isRefused('a', /^DR104: .*Delete/);
    expect(calls()).toEqual([]);
    await site.cluster.patch(
      resources.persistentVolumes,
      { name: 'pv-a' },
      { spec: { persistentVolumeReclaimPolicy: 'Retain' } },
      { type: 'merge' },
    );
    await reaches('a', { state: 'Primary' });
  });

  test('is judged once the claim is bound, however early the replication was made', async () => {
    controller = await startController(site);
    await makeReplication(site.cluster, 'late');
    await isRefused('late', /"late" not found/);
    await makeClaim(site.cluster, 'late', { reclaim: 'Delete' });
    await isRefused('late', /^DR104: /);
  });
});

test('a class that is missing, or of another driver than the volume, is told with its code', async () => {
  controller = await startController(site);
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a', { volumeReplicationClass: 'nowhere' });
  await isRefused('a', /^DR106: .*"nowhere" not found/);
});

describe('a replica that is to resync itself', () => {
  /** Demoted before, and asked to resync since. */
  const makeReplica = async (name: string): Promise<void> => {
    await makeClaim(site.cluster, name);
    await annotateClaim(name, { [replicationNames.pvcOwnerAnnotation]: name });
    await makeReplication(site.cluster, name, { replicationState: 'secondary' });
    await settle(site.cluster, name, 'Secondary');
    await patchReplication(site.cluster, name, { spec: { autoResync: true } });
  };

  test('is not resynced while the peer is a replica, too, nor after that without consent', async () => {
    await makeThere('a', 'secondary');
    await makeReplica('a');
    await start();
    await isRefused('a', /^DR108: .*cluster-2/);
    expect(calls()).not.toContain('resync!');
    expect(calls()).not.toContain('resync');
    await consentSeeing('a', 'not-primary', 'resync');
    await reaches('a', { state: 'Secondary', message: 'volume is degraded' });
    expect(calls().filter((call) => call === 'resync!')).toHaveLength(1);
    await eventually(async () => expect(await consentOf('a')).toBeUndefined());
    await eventually(async () =>
      expect(await eventsOf(site.cluster, 'a')).toContain('Normal ConsentRemoved'),
    );
  });

  test('is resynced while the peer is primary, and costs the peer no further request while it is well', async () => {
    await makeThere('a', 'primary');
    const { cluster, requests } = countRequests(other.connectAgain({ name: 'cluster-2' }));
    await makeReplica('a');
    controller = await startController(site, [], { peer: cluster });
    await reaches('a', { message: 'volume is degraded' });
    expect(calls().filter((call) => call === 'resync!')).toHaveLength(1);
    const before = requests();
    for (const [index, text] of ['x', 'y', 'z'].entries()) {
      // Any change of the annotation has it looked at again, and this one is no consent.
      await patchReplication(site.cluster, 'a', { metadata: { annotations: { [consentAnnotation]: text } } });
      await eventually(() => expect(calls().filter((call) => call === 'resync')).toHaveLength(index + 1));
    }
    expect(requests()).toBe(before);
  });
});

test('consent to demote a volume in use is taken away once it is demoted', async () => {
  answer = followedAtOnce;
  await makeThere('a', 'secondary');
  await start();
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await reaches('a', { state: 'Primary' });
  await consentTo('a', 'demote-in-use');
  await patchReplication(site.cluster, 'a', { spec: { replicationState: 'secondary' } });
  await reaches('a', { state: 'Secondary' });
  expect(await consentOf('a')).toBeUndefined();
});

test('a promote asks the peer once, and a steady primary never', async () => {
  await makeThere('a', 'secondary');
  const { cluster, requests } = countRequests(other.connectAgain({ name: 'cluster-2' }));
  const here = countRequests(site.connectAgain());
  controller = await startController(site, ['--sync-info-interval=20ms'], {
    peer: cluster,
    cluster: here.cluster,
  });
  await makeClaim(site.cluster, 'a');
  await makeReplication(site.cluster, 'a');
  await reaches('a', { state: 'Primary' });
  await eventually(async () => expect(await eventsOf(site.cluster, 'a')).toEqual(['Normal Promoted']));
  const [there, own, looks] = [requests(), here.requests(), calls().length];
  await eventually(() => expect(calls().length).toBeGreaterThan(looks + 5));
  expect(requests()).toBe(there);
  expect(here.requests()).toBe(own);
});
