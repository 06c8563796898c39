import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { consentAnnotation } from '../../core/consent.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  type Clusters,
  carryOver,
  consentToForce,
  consentToGiveUp,
  openClusters,
  replicate,
} from './protected-volume.ts';
import {
  executable,
  type RunningSandbox,
  runCommand,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

const volumes = 12;
const names = Array.from({ length: volumes }, (_, index) => `app-${index}`);
const at = (name: string) => ({ name, namespace: 'default' });
const sampleName = 'pvc-volumereplication';

type Running = { process: ChildProcess; log: string[] };

const runDirectoryOf = ({ home }: RunningSandbox): string => {
  const record = readFileSync(join(home, 'state', 'kubectl-dr', 'sandbox.json'), 'utf8');
  return (JSON.parse(record) as { runDirectory: string }).runDirectory;
};

describe.each(serverFlavours)('dr-controller on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let clusters: Clusters;
  const running = new Set<Running>();

  beforeAll(async () => {
    // Without the webhook: what is tested here is that the controller refuses by itself.
    sandbox = await startSandbox(
      '--no-controller',
      '--no-webhook',
      '--with-example',
      '--clock-factor=60',
      ...flags,
    );
    clusters = openClusters(sandbox);
  });
  afterEach(async () => {
    for (const controller of running) await stop(controller);
  });
  afterAll(async () => {
    clusters?.close();
    await sandbox?.end();
  });
  mendAfterFailures(() => sandbox);

  /** The built executable at one site, with the other as its peer. */
  const start = (site: string, ...more: string[]): Running => {
    const peer = site === 'cluster-1' ? 'cluster-2' : 'cluster-1';
    const socket = join(runDirectoryOf(sandbox), `${site}.sock`);
    const process = spawn(
      executable('dr-controller'),
      [
        '--driver-name=rbd.csi.ceph.com',
        `--csi-addons-address=unix://${socket}`,
        `--context=${site}`,
        `--peer-context=${peer}`,
        '--sync-info-interval=1s',
        ...more,
      ],
      { env: sandbox.env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const controller: Running = { process, log: [] };
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => void controller.log.push(text));
    }
    running.add(controller);
    return controller;
  };

  const end = async (controller: Running, signal: NodeJS.Signals): Promise<number | null> => {
    const { process } = controller;
    running.delete(controller);
    if (process.exitCode === null && process.signalCode === null) {
      process.kill(signal);
      await once(process, 'exit');
    }
    return process.exitCode;
  };
  const stop = (controller: Running) => end(controller, 'SIGTERM');
  const kill = (controller: Running) => end(controller, 'SIGKILL');

  const read = <T extends KubernetesObject>(cluster: Cluster, resource: Resource, name: string): Promise<T> =>
    cluster.get<T>(resource, at(name));

  const makeProtected = async (name: string): Promise<void> => {
    const claim: PersistentVolumeClaim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: at(name),
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Mi' } },
        storageClassName: 'csi-rbd-sc',
      },
    };
    await clusters.first.create(resources.persistentVolumeClaims, claim);
    const replication: VolumeReplication = {
      apiVersion: 'replication.storage.openshift.io/v1alpha1',
      kind: 'VolumeReplication',
      metadata: at(name),
      spec: {
        volumeReplicationClass: 'rbd-volumereplicationclass',
        replicationState: 'primary',
        dataSource: { kind: 'PersistentVolumeClaim', name },
      },
    };
    await clusters.first.create(resources.volumeReplications, replication);
  };

  const states = async (): Promise<string[]> => {
    const { items } = await clusters.first.listAll<VolumeReplication>(resources.volumeReplications);
    return items
      .filter(({ metadata }) => metadata.name?.startsWith('app-'))
      .map(({ metadata, status }) =>
        status?.observedGeneration === metadata.generation ? String(status?.state) : 'behind',
      );
  };

  const areAll = (state: string) => (seen: string[]) =>
    seen.length === volumes && seen.every((one) => one === state);

  const ask = (name: string, replicationState: string) =>
    clusters.first.patch(
      resources.volumeReplications,
      at(name),
      { spec: { replicationState } },
      { type: 'merge' },
    );

  /** By name, the version of each VolumeReplication: it changes with each write of the controller. */
  const versions = async (): Promise<Map<string, string>> => {
    const { items } = await clusters.first.listAll<VolumeReplication>(resources.volumeReplications);
    return new Map(items.map(({ metadata }) => [metadata.name ?? '', metadata.resourceVersion ?? '']));
  };

  /** Starts the controller and kills it in the middle of its work, after so many objects as nobody chose, again and again. */
  const torment = async (times: number, isDone: (states: string[]) => boolean): Promise<void> => {
    for (let count = 0; count < times; count += 1) {
      const before = await versions();
      const enough = 1 + Math.floor(Math.random() * volumes);
      const controller = start('cluster-1');
      await sandbox.until(
        async () => {
          const now = await versions();
          const written = [...before].filter(([name, version]) => now.get(name) !== version).length;
          return { written, isDone: isDone(await states()) };
        },
        (seen) => seen.written >= enough || seen.isDone,
      );
      await kill(controller);
    }
  };

  test('however often it is killed, it ends where the specs say', async () => {
    for (const name of names) await makeProtected(name);
    await torment(4, areAll('Primary'));
    const first = start('cluster-1');
    await sandbox.until(states, areAll('Primary'));
    await kill(first);

    await Promise.all(names.map((name) => ask(name, 'secondary')));
    await torment(4, areAll('Secondary'));
    const second = start('cluster-1');
    await sandbox.until(states, areAll('Secondary'));

    // Mirroring of a demoted volume whose peer is demoted too cannot be disabled: the storage refuses.
    await Promise.all(names.map((name) => ask(name, 'primary')));
    await sandbox.until(states, areAll('Primary'));
    await Promise.all(names.map((name) => clusters.first.delete(resources.volumeReplications, at(name))));
    await kill(second);
    await torment(2, (seen) => seen.length === 0);
    start('cluster-1');
    await sandbox.until(states, (seen) => seen.length === 0);
    for (const name of names) {
      const claim = await read<PersistentVolumeClaim>(clusters.first, resources.persistentVolumeClaims, name);
      expect(claim.metadata.finalizers).not.toContain('replication.storage.openshift.io/pvc-protection');
    }
  });

  test('a site that goes dark and comes back is followed again, without a restart', async () => {
    await makeProtected('dark');
    const controller = start('cluster-1');
    const state = async () =>
      (await read<VolumeReplication>(clusters.first, resources.volumeReplications, 'dark')).status?.state;
    await sandbox.until(state, (seen) => seen === 'Primary');
    await sandbox.dr('sandbox', 'fail', 'cluster-1');
    await sandbox.until(
      async () => controller.log.join(''),
      (log) => log.includes('Lost contact, trying again'),
    );
    expect(controller.process.exitCode).toBeNull();
    await sandbox.dr('sandbox', 'heal', 'cluster-1');
    await sandbox.until(
      () =>
        ask('dark', 'secondary')
          .then(() => true)
          .catch(() => false),
      (done) => done,
    );
    await sandbox.until(state, (seen) => seen === 'Secondary');
    expect(await stop(controller)).toBe(0);
  });

  test('a lost site is taken over with consent only, and its return ends well without a person', async () => {
    const [one, two] = [start('cluster-1'), start('cluster-2')];
    const look = (cluster: Cluster) => async () =>
      (await read<VolumeReplication>(cluster, resources.volumeReplications, sampleName)).status;
    await replicate(clusters.first, 'primary');
    await sandbox.until(look(clusters.first), (status) => status?.lastSyncTime !== undefined);
    await carryOver(clusters);

    await replicate(clusters.second, 'primary');
    const refused = await sandbox.until(look(clusters.second), (status) =>
      Boolean(status?.message?.startsWith('DR')),
    );
    expect(refused).toMatchObject({
      state: 'Unknown',
      message: expect.stringMatching(/^DR102: cluster-1 is primary for the volume of claim default\/rbd-pvc/),
    });
    // It never reached the driver, so that nothing has to be undone when it goes.
    const { metadata } = await read(clusters.second, resources.volumeReplications, sampleName);
    expect(metadata.finalizers ?? []).toEqual([]);

    await sandbox.dr('sandbox', 'fail', 'cluster-1');
    await sandbox.until(look(clusters.second), (status) =>
      Boolean(status?.message?.startsWith('DR102: cannot tell whether cluster-1 is primary')),
    );

    await clusters.second.patch(
      resources.volumeReplications,
      at(sampleName),
      { metadata: consentToForce() },
      { type: 'merge' },
    );
    await sandbox.until(look(clusters.second), (status) => status?.state === 'Primary');
    const promoted = await read(clusters.second, resources.volumeReplications, sampleName);
    expect(promoted.metadata.annotations?.[consentAnnotation]).toBeUndefined();

    await sandbox.dr('sandbox', 'heal', 'cluster-1');
    // Its connection was cut with the site; the first answer shows that it is back.
    await sandbox.until(
      () => look(clusters.first)().catch(() => undefined),
      (status) => status?.state === 'Primary',
    );
    await clusters.first.patch(
      resources.volumeReplications,
      at(sampleName),
      { metadata: consentToGiveUp(), spec: { replicationState: 'secondary', autoResync: true } },
      { type: 'merge' },
    );
    // Split brain: the resync fails in four ways on its way, and then it runs.
    const followed = await sandbox.until(
      look(clusters.first),
      (status) => status?.message === 'volume is degraded' && status.observedGeneration === 2,
      120_000,
    );
    expect(followed?.conditions?.find(({ type }) => type === 'Resyncing')).toMatchObject({
      status: 'True',
      reason: 'ResyncTriggered',
    });
    expect(await stop(one)).toBe(0);
    expect(await stop(two)).toBe(0);
    expect([...one.log, ...two.log].join('')).not.toMatch(/userKey|sandbox-key/);
  });
});

describe('dr-controller says in one line what is wrong', () => {
  const env = { ...process.env, HOME: '/nonexistent', KUBECONFIG: '/nonexistent/config' };
  const run = (...words: string[]) => runCommand(executable('dr-controller'), words, { env });

  test.each([
    [
      'an unknown flag',
      ['--driver-name=d', '--colour'],
      2,
      /^error: unknown flag or argument: colour; see dr-controller --help\n$/,
    ],
    ['no driver', [], 2, /^error: .*driver-name.*\n$/],
    [
      'a bad duration',
      ['--driver-name=d', '--rpc-timeout=soon'],
      2,
      /^error: --rpc-timeout: "soon" is not a duration/,
    ],
    [
      'no kubeconfig',
      ['--driver-name=d'],
      1,
      /^error: no kubeconfig found: \/nonexistent\/config does not exist; .*\n$/,
    ],
  ])('%s', async (_, words, code, message) => {
    const ended = await run(...words);
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(code);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('help names the flags and exits well', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--csi-addons-address');
  });
});
