import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { guardedVolumes } from './guarded-volumes.ts';
import { driver, stream, volumeOf, writeSource } from './restore-source.ts';
import {
  haveKubectl,
  packageRoot,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

const namespace = 'killed';

const objects: KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'killed-class' },
    provisioner: driver,
    reclaimPolicy: 'Retain',
  },
  {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplicationClass',
    metadata: { name: 'killed-replication' },
    spec: { provisioner: driver, parameters: { mirroringMode: 'snapshot', schedulingInterval: '5m' } },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data: { a: 'b' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace }, data: { a: 'Yg==' } },
  ...volumeOf('first', { namespace, storageClassName: 'killed-class' }),
  ...volumeOf('second', { namespace, storageClassName: 'killed-class' }),
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web' }] },
      },
    },
  },
];

describe.skipIf(!haveKubectl).each(serverFlavours)('a restore that is killed, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let at: ReturnType<typeof guardedVolumes>;
  let source: string;

  beforeAll(async () => {
    sandbox = await startSandbox(...flags);
    at = guardedVolumes(sandbox);
    source = writeSource(sandbox.home, 'killed.yaml', stream(objects));
  });
  afterAll(async () => {
    await sandbox?.end();
  });

  /** Runs a restore through a proxy; SIGKILL as soon as the server has done the n-th write. */
  const restore = async (killAfter: number) => {
    let child: ChildProcess | undefined;
    const proxy = await startCountingProxy(sandbox.env['KUBECONFIG']!, 'cluster-2', (count) => {
      if (count === killAfter) child?.kill('SIGKILL');
    });
    const words = [
      'restore',
      source,
      '--to',
      'cluster-2',
      '--with-workloads',
      '--kubeconfig',
      proxy.kubeconfig,
      '--request-timeout=60s',
    ];
    // Node itself and not the launcher: a signal to a shell would leave its child alive.
    const main = join(packageRoot, 'dist/lib/kubectl-dr.mjs');
    const ended = await new Promise<{ code: number | null; signal: string | null; text: string }>(
      (resolve) => {
        child = spawn(process.execPath, [main, ...words], { env: sandbox.env });
        let text = '';
        child.stdout?.on('data', (chunk) => (text += chunk));
        child.stderr?.on('data', (chunk) => (text += chunk));
        child.once('close', (code, signal) => resolve({ code, signal, text }));
      },
    );
    await proxy.end();
    return { ...ended, writes: [...proxy.writes] };
  };

  const made: string[][] = [
    ['ns', namespace],
    ['sc', 'killed-class'],
    ['vrc', 'killed-replication'],
    ['pv', 'pv-first'],
    ['pv', 'pv-second'],
    ...[
      ['pvc', 'first'],
      ['pvc', 'second'],
      ['configmap', 'settings'],
      ['secret', 'login'],
      ['deployment', 'web'],
    ].map((words) => ['-n', namespace, ...words]),
  ];

  /** What the restore made, without what differs from run to run. */
  const endState = async () => {
    const found = await Promise.all(made.map((words) => at.read('cluster-2', ...words)));
    return found.map(({ metadata, spec = {}, data, status }) => {
      const { claimRef, ...rest } = spec;
      const { name, annotations } = metadata;
      return { name, annotations, spec: rest, reservedFor: claimRef?.name, data, phase: status?.phase };
    });
  };

  const cleanUp = async () => {
    await at.succeed('cluster-2', ['delete', 'ns', namespace, '--timeout=60s']);
    await at.succeed('cluster-2', ['delete', 'pv', 'pv-first', 'pv-second', '--timeout=30s']);
    await at.succeed('cluster-2', ['delete', 'sc', 'killed-class']);
    await at.succeed('cluster-2', ['delete', 'vrc', 'killed-replication']);
  };

  test('after any single write goes on to the same end, and writes nothing twice', async () => {
    const whole = await restore(Number.POSITIVE_INFINITY);
    expect(whole, whole.text).toMatchObject({ code: 0 });
    expect(whole.writes).toHaveLength(objects.length);
    const expected = await endState();
    await cleanUp();

    for (let killAfter = 1; killAfter <= objects.length; killAfter += 1) {
      const killed = await restore(killAfter);
      expect(killed.signal, `killed after write ${killAfter}`).toBe('SIGKILL');
      expect(killed.writes.length).toBeGreaterThanOrEqual(killAfter);
      const second = await restore(Number.POSITIVE_INFINITY);
      expect(second, second.text).toMatchObject({ code: 0 });
      expect([...killed.writes, ...second.writes].toSorted()).toEqual(whole.writes.toSorted());
      expect(await endState(), `killed after write ${killAfter}`).toEqual(expected);
      await cleanUp();
    }
  });
});
