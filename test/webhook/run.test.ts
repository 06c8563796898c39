import { once } from 'node:events';
import { Agent } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { Lease } from '../../kube/lease.ts';
import { freePorts } from '../../sandbox/site/free-port.ts';
import { parseCommand, type RegisterFlags, type ServeFlags } from '../../webhook/flags.ts';
import { register, unregister } from '../../webhook/registration/register.ts';
import { runWebhook } from '../../webhook/run.ts';
import {
  type EmbeddedCluster,
  eventually,
  installCrds,
  startEmbeddedCluster,
} from '../kube/embedded-cluster.ts';
import { keptLog } from './server/kept-log.ts';
import { sendReview } from './server/tls-client.ts';

let here: EmbeddedCluster;
let there: EmbeddedCluster;

beforeAll(async () => {
  [here, there] = await Promise.all([startEmbeddedCluster(), startEmbeddedCluster()]);
  await Promise.all([installCrds(here.cluster), installCrds(there.cluster)]);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kubectl-dr' } };
  await here.cluster.create(resources.namespaces, namespace);
  const replicationClass: KubernetesObject = {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplicationClass',
    metadata: { name: 'rbd' },
    spec: { provisioner: 'rbd', parameters: { schedulingInterval: '1m' } },
  };
  await here.cluster.create(resources.volumeReplicationClasses, replicationClass);
});
afterAll(async () => {
  await Promise.all([here?.close(), there?.close()]);
});

const flagsOf = async <T>(...args: string[]): Promise<T> =>
  (await parseCommand(args, { version: 'test', print: () => undefined }))?.flags as T;

const start = async (port: number, ...more: string[]) => {
  const flags = await flagsOf<ServeFlags>(
    'serve',
    `--url=https://127.0.0.1:${port}`,
    `--bind-address=127.0.0.1:${port}`,
    '--drain-delay=300ms',
    ...more,
  );
  const stopping = new AbortController();
  const log = keptLog();
  const ended = runWebhook({
    flags,
    cluster: here.connectAgain(),
    peer: there.connectAgain({ name: 'there' }),
    identity: 'test',
    signal: stopping.signal,
    now: Date.now,
    random: Math.random,
    log,
  });
  const messages = (): string[] => log.lines.map(({ message }) => message);
  return { stop: () => stopping.abort(), ended, messages };
};

const registerAt = async (port: number): Promise<void> => {
  const flags = await flagsOf<RegisterFlags>('register', `--url=https://127.0.0.1:${port}`);
  await register(here.cluster, { ...flags, signal: new AbortController().signal, now: Date.now });
};

const volume = (name: string): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'rbd',
    csi: { driver: 'rbd', volumeHandle: name },
    claimRef: { namespace: 'default', name },
  },
});

const claim = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'rbd',
    volumeName: name,
  },
});

const primary = (name: string, claimName: string): VolumeReplication => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name, namespace: 'default' },
  spec: {
    volumeReplicationClass: 'rbd',
    replicationState: 'primary',
    dataSource: { kind: 'PersistentVolumeClaim', name: claimName },
  },
});

const create = (replication: VolumeReplication): Promise<VolumeReplication> =>
  here.cluster.create(resources.volumeReplications, replication);

describe('a webhook from its start to its end', () => {
  let port: number;
  let webhook: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    [port = 0] = await freePorts([0]);
    webhook = await start(port);
    await registerAt(port);
  });
  afterAll(async () => {
    webhook?.stop();
    await webhook?.ended;
  });

  test('is ready once it is registered, and says so', async () => {
    await eventually(() => expect(webhook.messages()).toContain('Ready'));
    expect(webhook.messages().slice(0, 2)).toEqual(['Listening', 'Not ready yet']);
  });

  test('refuses what the rules refuse, and mends what was restored', async () => {
    await expect(create(primary('lost', 'no-such-claim'))).rejects.toMatchObject({
      httpStatus: 403,
      message: expect.stringContaining(
        'admission webhook "guard.kubectl-dr.dev" denied the request: DR103: ',
      ),
    });
    const restored = volume('restored');
    const claimRef = { namespace: 'default', name: 'restored', uid: '00000000-0000-4000-8000-000000000000' };
    const { spec } = await here.cluster.create<PersistentVolume>(resources.persistentVolumes, {
      ...restored,
      spec: { ...restored.spec, claimRef },
    });
    expect(spec).not.toHaveProperty('claimRef');
  });

  test('lets one of two in that become primary for one volume at the same moment', async () => {
    const { cluster } = here;
    await cluster.create(resources.persistentVolumes, volume('db'));
    await cluster.create(resources.persistentVolumeClaims, claim('db'));
    // Until its caches show the claim, anything about it is refused.
    await eventually(() =>
      cluster.create(resources.volumeReplications, primary('probe', 'db'), { dryRun: true }),
    );
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) => create(primary(`db-${index}`, 'db'))),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(outcomes.length - refused.length).toBe(1);
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason.message).toMatch(/DR101: .*DR105: /);
    }
  });

  test('answers while it drains, gives its Lease back, and ends', async () => {
    // The handshake is with a CA that only the registration knows: here its word is taken.
    const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
    expect(await sendReview(agent, { port, uid: 'before' })).toMatchObject({ connection: 'keep-alive' });
    webhook.stop();
    const during = await sendReview(agent, { port, uid: 'during' });
    expect(during).toMatchObject({ status: 200, uid: 'during', connection: 'close' });
    await webhook.ended;
    await expect(sendReview(agent, { port, uid: 'after' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    agent.destroy();
    const lease = await here.cluster.get<Lease>(resources.leases, {
      namespace: 'kubectl-dr',
      name: 'dr-webhook',
    });
    expect(lease.spec?.holderIdentity).toBe('');
  });

  test('keeps what it guards closed while nobody answers, until it is unregistered', async () => {
    await webhook.ended;
    await expect(create(primary('unguarded', 'db'))).rejects.toMatchObject({
      message: expect.stringContaining('failed calling webhook "guard.kubectl-dr.dev"'),
    });
    await unregister(here.cluster, { signal: new AbortController().signal });
    await create(primary('unguarded', 'db'));
  });
});

describe('what cannot be had is told at once, and everything that was started ends', () => {
  test('a port that somebody else has', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { ended } = await start((taken.address() as AddressInfo).port);
    await expect(ended).rejects.toMatchObject({ code: 'PortInUse' });
    taken.close();
  });

  test('a CA that is not there', async () => {
    const { ended } = await start(0, '--client-ca-file=/no/such/file');
    await expect(ended).rejects.toMatchObject({
      code: 'FlagInvalid',
      message: expect.stringContaining('--client-ca-file: /no/such/file cannot be read'),
    });
  });
});
