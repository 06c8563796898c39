import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { PeerQuestion } from '../../core/protection/peer-question.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { createPeerLook, type PeerLook } from '../../kube/peer-look.ts';
import { type EmbeddedCluster, eventually, installCrds, startEmbeddedCluster } from './embedded-cluster.ts';
import { type ScriptedServer, sendJson, startScriptedServer } from './scripted-server.ts';

const never = new AbortController().signal;

let ending: AbortController;
beforeEach(() => {
  ending = new AbortController();
});
afterEach(() => ending.abort());

const lookAt = (peer: Cluster, now: () => number = Date.now): PeerLook =>
  createPeerLook({
    peer,
    signal: ending.signal,
    now,
    random: () => -0.95,
    log: { debug: () => undefined, warn: () => undefined },
  });

const question = (changes: Partial<PeerQuestion> = {}): PeerQuestion => ({
  identity: { driver: 'rbd.csi.ceph.com', volumeHandle: 'h-1' },
  volumeName: 'pv-1',
  claim: { namespace: 'shop', name: 'db' },
  ...changes,
});

const byName = question({ identity: undefined, volumeName: undefined });

const pv = (name: string, handle: string, claim?: string): KubernetesObject => {
  const [namespace, claimName] = claim?.split('/') ?? [];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      csi: { driver: 'rbd.csi.ceph.com', volumeHandle: handle },
      ...(claim === undefined ? {} : { claimRef: { namespace, name: claimName } }),
    },
  };
};

const pvc = (
  claim: string,
  changes: { volumeName?: string; labels?: Record<string, string> } = {},
): KubernetesObject => {
  const [namespace = '', name = ''] = claim.split('/');
  const { volumeName, labels } = changes;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace, name, ...(labels === undefined ? {} : { labels }) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...(volumeName === undefined ? {} : { volumeName }),
    },
  };
};

type Sketch = { claim?: string; group?: string; wants?: string; state?: string; observed?: number };

const statusOf = ({ state, observed = 1 }: Sketch) =>
  state === undefined
    ? {}
    : {
        status: {
          state,
          observedGeneration: observed,
          conditions: [
            {
              type: 'Completed',
              status: 'True',
              reason: 'Done',
              message: 'done',
              observedGeneration: observed,
              lastTransitionTime: '2026-11-20T12:00:00Z',
            },
          ],
        },
      };

const vr = (key: string, sketch: Sketch = {}): KubernetesObject => {
  const [namespace = '', name = ''] = key.split('/');
  return {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplication',
    metadata: { namespace, name },
    spec: {
      volumeReplicationClass: 'rbd',
      replicationState: sketch.wants ?? 'primary',
      dataSource:
        sketch.group === undefined
          ? { kind: 'PersistentVolumeClaim', name: sketch.claim ?? name }
          : { kind: 'VolumeGroupReplication', name: sketch.group },
    },
    ...statusOf(sketch),
  };
};

const vgr = (key: string, selector: object, sketch: Sketch = {}): KubernetesObject => {
  const [namespace = '', name = ''] = key.split('/');
  return {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeGroupReplication',
    metadata: { namespace, name },
    spec: {
      volumeGroupReplicationClassName: 'rbd',
      replicationState: sketch.wants ?? 'primary',
      source: { selector },
    },
    ...statusOf(sketch),
  };
};

const kinds: Readonly<Record<string, Resource>> = {
  PersistentVolume: resources.persistentVolumes,
  PersistentVolumeClaim: resources.persistentVolumeClaims,
  VolumeReplication: resources.volumeReplications,
  VolumeGroupReplication: resources.volumeGroupReplications,
};

describe('a site that answers', () => {
  let embedded: EmbeddedCluster;
  beforeAll(async () => {
    embedded = await startEmbeddedCluster();
    await installCrds(embedded.cluster);
    for (const name of ['shop', 'bank']) {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      await embedded.cluster.create(resources.namespaces, namespace);
    }
  });
  afterAll(() => embedded.close());

  const stored: KubernetesObject[] = [];
  const store = async (object: KubernetesObject): Promise<void> => {
    const resource = kinds[object.kind ?? '']!;
    const made = await embedded.cluster.create(resource, object);
    stored.push(made);
    if (object['status'] === undefined) return;
    const { name = '', namespace = '' } = made.metadata;
    const patch = { type: 'merge', subresource: 'status' } as const;
    await embedded.cluster.patch(resource, { name, namespace }, { status: object['status'] }, patch);
  };
  afterEach(async () => {
    for (const { kind = '', metadata } of stored.splice(0)) {
      const { name = '', namespace } = metadata;
      const key = { name, ...(namespace === undefined ? {} : { namespace }) };
      const resource = kinds[kind]!;
      // Nobody here takes the protection off that the server puts on.
      await embedded.cluster.patch(resource, key, { metadata: { finalizers: null } }, { type: 'merge' });
      await embedded.cluster.delete(resource, key, { gracePeriodSeconds: 0 });
    }
  });

  const cluster = 'site';
  const primary = (replication: string, by: string, kind = 'VolumeReplication') => ({
    state: 'primary',
    site: cluster,
    replication,
    kind,
    by,
  });
  const notPrimary = { state: 'not-primary', site: cluster };
  const unknown = (why: RegExp) => ({ state: 'unknown', site: cluster, why: expect.stringMatching(why) });
  const here = pv('pv-1', 'h-1', 'shop/db');

  const cases: [string, KubernetesObject[], PeerQuestion, unknown][] = [
    ['has nothing of it', [], question(), notPrimary],
    ['has the PV alone', [here], question(), notPrimary],
    ['has a replication that wants primary', [here, vr('shop/db')], question(), primary('shop/db', 'spec')],
    [
      'has one that is primary and shall stay so',
      [here, vr('shop/db', { state: 'Primary' })],
      question(),
      primary('shop/db', 'both'),
    ],
    [
      'has one that is to step down and has not yet',
      [here, vr('shop/db', { wants: 'secondary', state: 'Primary' })],
      question(),
      primary('shop/db', 'status'),
    ],
    [
      'has one whose status is of an earlier wish: still primary',
      [here, vr('shop/db', { wants: 'secondary', state: 'Primary', observed: 0 })],
      question(),
      primary('shop/db', 'status'),
    ],
    [
      'has one that has settled as replica',
      [here, vr('shop/db', { wants: 'secondary', state: 'Secondary' })],
      question(),
      notPrimary,
    ],
    [
      'has one that nobody has acted on',
      [here, vr('shop/db', { wants: 'secondary' })],
      question(),
      unknown(/^VolumeReplication shop\/db there: no controller has acted on it yet$/),
    ],
    [
      'has the volume under another PV, claim, namespace and name',
      [pv('other', 'h-1', 'bank/cash'), vr('bank/repl', { claim: 'cash' })],
      question(),
      primary('bank/repl', 'spec'),
    ],
    [
      'has it through a claim that names the PV and is not bound',
      [pv('other', 'h-1'), pvc('bank/cash', { volumeName: 'other' }), vr('bank/cash')],
      question(),
      primary('bank/cash', 'spec'),
    ],
    [
      'has two replications of it, of which one is primary',
      [
        here,
        vr('shop/a', { claim: 'db', wants: 'secondary', state: 'Secondary' }),
        vr('shop/b', { claim: 'db' }),
      ],
      question(),
      primary('shop/b', 'spec'),
    ],
    [
      'has two PVs of it, of which one is primary',
      [here, pv('other', 'h-1', 'bank/db'), vr('bank/db')],
      question(),
      primary('bank/db', 'spec'),
    ],
    [
      'has a claim of the same name with a volume that nobody can compare',
      [pv('pv-1', 'h-2', 'shop/db'), pvc('shop/db', { volumeName: 'pv-1' }), vr('shop/db')],
      question(),
      unknown(
        /nothing tells whether volume \S+\/h-2 of the claim of that name there is volume \S+\/h-1 of the claim here$/,
      ),
    ],
    [
      'has a claim of the same name that is not bound',
      [pvc('shop/db'), vr('shop/db')],
      question(),
      unknown(
        /is primary or to become so, and the claim there is not bound yet, so that it may get this volume$/,
      ),
    ],
    [
      'has a replication for the claim and not the claim',
      [vr('shop/db')],
      question(),
      unknown(/the claim there is missing, so that it may get this volume$/),
    ],
    [
      'has a group that takes the claim in by its labels',
      [
        here,
        pvc('shop/db', { volumeName: 'pv-1', labels: { app: 'shop' } }),
        vgr('shop/all', { matchLabels: { app: 'shop' } }),
      ],
      question(),
      primary('shop/all', 'spec', 'VolumeGroupReplication'),
    ],
    [
      'has a group that takes in other claims',
      [
        here,
        pvc('shop/db', { volumeName: 'pv-1', labels: { app: 'bank' } }),
        vgr('shop/all', { matchLabels: { app: 'shop' } }),
      ],
      question(),
      notPrimary,
    ],
    [
      'has a group whose selector nobody understands',
      [
        here,
        pvc('shop/db', { volumeName: 'pv-1' }),
        vgr('shop/all', { matchExpressions: [{ key: 'a', operator: 'Near' }] }),
      ],
      question(),
      unknown(/the selector of VolumeGroupReplication shop\/all/),
    ],
    ['is asked by name, and has nothing of that name', [], byName, notPrimary],
    [
      'is asked by name, and has a primary of that name',
      [here, vr('shop/db', { state: 'Primary' })],
      byName,
      unknown(
        /^VolumeReplication shop\/db there is primary or to become so, and the claim here has no volume yet/,
      ),
    ],
    [
      'is asked by name, and has a replica of that name',
      [here, vr('shop/db', { wants: 'secondary', state: 'Secondary' })],
      byName,
      notPrimary,
    ],
  ];
  test.each(cases)('%s', async (_, objects, asked, view) => {
    for (const object of objects) await store(object);
    const peer = lookAt(embedded.cluster);
    expect(await peer.look(asked, never)).toEqual(view);
  });

  test('shows a PV of the same name before its cache does, and one of another name once it does', async () => {
    const peer = lookAt(embedded.cluster);
    expect(await peer.look(question(), never)).toEqual(notPrimary);
    await store(here);
    await store(vr('shop/db'));
    expect(await peer.look(question(), never)).toEqual(primary('shop/db', 'spec'));
    await store(pv('other', 'h-9', 'bank/cash'));
    await store(vr('bank/cash'));
    const other = question({ identity: { driver: 'rbd.csi.ceph.com', volumeHandle: 'h-9' } });
    await eventually(async () => expect(await peer.look(other, never)).toEqual(primary('bank/cash', 'spec')));
  });

  test('is unknown where it is the very cluster that asks: a replica there says nothing of another site', async () => {
    for (const object of [here, vr('shop/db', { wants: 'secondary', state: 'Secondary' })])
      await store(object);
    await store(pvc('shop/db', { volumeName: 'pv-1' }));
    const { metadata } = await embedded.cluster.get(resources.persistentVolumeClaims, {
      namespace: 'shop',
      name: 'db',
    });
    const peer = lookAt(embedded.cluster);
    const asked = (uid: string | undefined) => question({ claim: { namespace: 'shop', name: 'db', uid } });
    expect(await peer.look(asked(metadata.uid), never)).toEqual(
      unknown(/^it is this very cluster: claim shop\/db there has the same uid/),
    );
    expect(await peer.look(asked('of-another-cluster'), never)).toEqual(notPrimary);
  });

  test('tells of its classes', async () => {
    const rbd = {
      apiVersion: 'replication.storage.openshift.io/v1alpha1',
      kind: 'VolumeReplicationClass',
      metadata: { name: 'rbd' },
      spec: { provisioner: 'rbd.csi.ceph.com', parameters: { schedulingInterval: '5m' } },
    };
    await embedded.cluster.create(resources.volumeReplicationClasses, rbd);
    const peer = lookAt(embedded.cluster);
    expect(await peer.classNamed('VolumeReplicationClass', 'rbd', never)).toEqual({
      known: true,
      value: { site: cluster, ...rbd.spec },
    });
    expect(await peer.classNamed('VolumeGroupReplicationClass', 'rbd', never)).toEqual({
      known: true,
      value: undefined,
    });
  });
});

describe('a site that does not answer as it should', () => {
  let scripted: ScriptedServer;
  afterEach(() => scripted.close());

  type Answer = (request: IncomingMessage, response: ServerResponse) => void;
  const status =
    (code: number, reason: string, message: string): Answer =>
    (_, response) =>
      sendJson(response, code, { kind: 'Status', status: 'Failure', reason, message, code });
  const empty: Answer = ({ url = '' }, response) => {
    if (url.includes('watch=true')) response.writeHead(200).flushHeaders();
    else if (/persistentvolumes\/[^?]+/.test(url))
      status(404, 'NotFound', 'no such PV')({} as never, response);
    else sendJson(response, 200, { metadata: { resourceVersion: '5' }, items: [] });
  };
  /** Empty, but for the requests whose path has a word in it. */
  const except = async (word: string, answer: Answer): Promise<ScriptedServer> => {
    scripted = await startScriptedServer((request, response) =>
      (request.url?.includes(word) ? answer : empty)(request, response),
    );
    return scripted;
  };
  const hang: Answer = () => undefined;
  const notServed: Answer = (_, response) => void response.writeHead(404).end('404 page not found');

  const cases: [string, string, Answer, unknown][] = [
    [
      'forbids VolumeReplications',
      'volumereplications',
      status(403, 'Forbidden', 'user "dr" cannot list volumereplications'),
      { state: 'unknown', site: 'site', why: 'user "dr" cannot list volumereplications' },
    ],
    [
      'forbids PVs',
      'persistentvolumes',
      status(403, 'Forbidden', 'user "dr" cannot read PVs'),
      { state: 'unknown', site: 'site', why: 'user "dr" cannot read PVs' },
    ],
    [
      'forbids claims',
      'persistentvolumeclaims',
      status(403, 'Forbidden', 'user "dr" cannot list claims'),
      { state: 'unknown', site: 'site', why: 'user "dr" cannot list claims' },
    ],
    [
      'does not know VolumeReplications',
      'volumereplications',
      notServed,
      {
        state: 'unknown',
        site: 'site',
        why: 'site does not know volumereplications.replication.storage.openshift.io: is the CRD missing there?',
      },
    ],
    [
      'does not know groups, and so has none',
      'volumegroupreplications',
      notServed,
      { state: 'not-primary', site: 'site' },
    ],
    [
      'sends what is no list',
      'volumereplications',
      (_, response) => void response.writeHead(200).end('<html>'),
      { state: 'unknown', site: 'site', why: expect.stringMatching(/.+/) },
    ],
    [
      'sends a replication that nobody can read',
      'volumereplications',
      (_, response) => sendJson(response, 200, { metadata: {}, items: [{ metadata: { name: 'x' } }] }),
      { state: 'unknown', site: 'site', why: expect.stringMatching(/.+/) },
    ],
  ];
  test.each(cases)('%s', async (_, word, answer, view) => {
    const { cluster } = await except(word, answer);
    expect(await lookAt(cluster).look(question(), never)).toEqual(view);
  });

  test('is not waited for longer than two seconds, and then not at all for some seconds', async () => {
    const { cluster, requests } = await except('volumereplications', hang);
    let clock = 0;
    const peer = lookAt(cluster, () => Date.now() + clock);
    expect(await peer.look(question(), never)).toMatchObject({
      state: 'unknown',
      why: 'site did not answer in time',
    });
    const asked = () => requests.filter(({ url }) => url.includes('/volumereplications')).length;
    await eventually(async () => {
      const before = asked();
      expect(await peer.look(question(), never)).toMatchObject({ state: 'unknown' });
      expect(asked()).toBe(before);
    });
    const count = asked();
    clock += 6_000;
    void peer.look(question(), never);
    await eventually(() => expect(asked()).toBeGreaterThan(count));
  });

  test('is not looked at whole while it answers and its claims are not all read', async () => {
    const { cluster } = await except('/persistentvolumeclaims', hang);
    expect(await lookAt(cluster).look(question(), never)).toEqual({
      state: 'unknown',
      site: 'site',
      why: 'it answers, and its PVs and claims are not all read yet',
      isCutShort: true,
    });
  });

  test('is asked on where it leaves one question open and answers others', async () => {
    const { cluster } = await except('/namespaces/bank/', hang);
    const peer = lookAt(cluster);
    const notPrimary = { state: 'not-primary', site: 'site' };
    let isOpen = true;
    const open = peer.look(question({ claim: { namespace: 'bank', name: 'db' } }), never).finally(() => {
      isOpen = false;
    });
    while (isOpen) expect(await peer.look(question(), never)).toEqual(notPrimary);
    expect(await open).toMatchObject({ state: 'unknown' });
    expect(await peer.look(question(), never)).toEqual(notPrimary);
  });

  test('is not waited for longer than the caller waits, and others are answered all the same', async () => {
    const held: ServerResponse[] = [];
    const { cluster } = await except('volumereplications', (request, response) => {
      if (held.length === 0) held.push(response);
      else empty(request, response);
    });
    const peer = lookAt(cluster);
    const impatient = new AbortController();
    const [cut, patient] = [peer.look(question(), impatient.signal), peer.look(question(), never)];
    await eventually(() => expect(held).toHaveLength(1));
    impatient.abort();
    expect(await cut).toEqual({ state: 'unknown', site: 'site', why: 'site did not answer in time' });
    for (const response of held) sendJson(response, 200, { metadata: {}, items: [] });
    expect(await patient).toEqual({ state: 'not-primary', site: 'site' });
  });

  test('is unknown to a caller whose time is up already', async () => {
    const { cluster } = await except('nothing', hang);
    const view = await lookAt(cluster).look(question(), AbortSignal.abort());
    expect(view).toEqual({ state: 'unknown', site: 'site', why: 'site did not answer in time' });
  });

  test('that refuses the connection is unknown, and for some seconds nobody tries again', async () => {
    const { cluster } = await except('nothing', hang);
    await scripted.close();
    const peer = lookAt(cluster);
    const refused = { state: 'unknown', site: 'site', why: expect.stringMatching(/connection refused/) };
    expect(await peer.look(question(), never)).toEqual(refused);
    const before = performance.now();
    expect(await peer.look(question(), never)).toEqual(refused);
    // Another attempt would wait 200 ms before it tried once more.
    expect(performance.now() - before).toBeLessThan(150);
  });

  test('is read in whole lists while nothing is heard of it, as nobody knows what the watches missed', async () => {
    const { cluster, requests } = await except('nothing', hang);
    let clock = 0;
    const peer = lookAt(cluster, () => Date.now() + clock);
    const lists = () =>
      requests.filter(({ url }) => /\/(persistentvolumes|persistentvolumeclaims)\?limit=/.test(url)).length;
    expect(await peer.look(question(), never)).toMatchObject({ state: 'not-primary' });
    const followed = lists();
    clock += 200_000;
    expect(await peer.look(question(), never)).toMatchObject({ state: 'not-primary' });
    expect(lists()).toBe(followed + 2);
  });

  test('a thousand questions at once are two lists of each kind, and two reads of each PV', async () => {
    const { cluster, requests } = await except('nothing', hang);
    const peer = lookAt(cluster);
    await peer.look(question({ claim: { namespace: 'other', name: 'x' } }), never);
    requests.length = 0;
    const views = await Promise.all(
      Array.from({ length: 1_000 }, (_, number) =>
        peer.look(
          question({
            identity: { driver: 'd', volumeHandle: `h-${number}` },
            volumeName: `pv-${number % 100}`,
            claim: { namespace: 'shop', name: `c-${number}` },
          }),
          never,
        ),
      ),
    );
    expect(views.every(({ state }) => state === 'not-primary')).toBe(true);
    const count = (word: string) => requests.filter(({ url }) => url.includes(word)).length;
    expect([
      count('/volumereplications'),
      count('/volumegroupreplications'),
      count('/persistentvolumes/'),
    ]).toEqual([2, 2, 200]);
  });

  test('is followed no longer once it is closed', async () => {
    const closed = new Set<string>();
    const { cluster } = await except('watch=true', ({ url = '' }, response) => {
      response.writeHead(200).flushHeaders();
      response.once('close', () => closed.add(url.split('?')[0] ?? ''));
    });
    const peer = lookAt(cluster);
    await peer.look(question(), never);
    await eventually(() =>
      expect(scripted.requests.filter(({ url }) => url.includes('watch=true'))).toHaveLength(2),
    );
    peer.close();
    await eventually(() =>
      expect([...closed].toSorted()).toEqual(['/api/v1/persistentvolumeclaims', '/api/v1/persistentvolumes']),
    );
  });
});
