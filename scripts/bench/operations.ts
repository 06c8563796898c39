import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { boundClaims } from './controller.ts';
import { startController, startDriver, stop } from './controller-process.ts';
import { type Measurement, ratio, seconds } from './measurement.ts';
import { createClasses, createReplications, createVolumes } from './volumes.ts';
import { clusterOf, environment, executable, execute, forEachOf, until, withSandbox } from './workbench.ts';

const driverLatencyMs = 50;
const claimsOfWorkload = 5;

/** Not the sandbox's own: its array does not know these volumes, and no pod could mount them. */
const driver = 'bench.csi.example.com';

const run = promisify(execFile);

type Timed = { readonly tookMs: number; readonly requests: number; readonly stdout: string };

const timed = async (home: string, words: string[]): Promise<Timed> => {
  const started = performance.now();
  const { stdout, stderr } = await run(executable('kubectl-dr'), [...words, '-v=1'], {
    env: environment(home),
    maxBuffer: 2 ** 28,
  });
  const [, requests = 'NaN'] = /(\d+) API requests/.exec(stderr) ?? [];
  return { tookMs: performance.now() - started, requests: Number(requests), stdout };
};

const storageClass: KubernetesObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'bench' },
  provisioner: driver,
  reclaimPolicy: 'Retain',
};

const csiDriver: KubernetesObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSIDriver',
  metadata: { name: driver },
  spec: { attachRequired: false },
};

/** Deployments with five of the claims each. */
const createWorkloads = (cluster: Cluster, count: number): Promise<void> =>
  forEachOf(count, (index) => {
    const name = `app-${index}`;
    const claims = Array.from(
      { length: claimsOfWorkload },
      (_, offset) => `bench-${index * claimsOfWorkload + offset}`,
    );
    return cluster.create(resources.deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'default' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            containers: [{ name: 'app', image: 'app' }],
            volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
          },
        },
      },
    });
  });

/** How long it takes until many volumes are up on the other site after the first one is lost, with a driver that takes its time. */
const measureFailover = async (home: string, volumes: number): Promise<Timed> => {
  mkdirSync(home, { recursive: true });
  const socket = join(home, 'driver.sock');
  const backups = join(home, 'backups');
  let timing: Timed | undefined;
  const sandbox = withSandbox(home, ['--no-controller', '--no-webhook'], async function* () {
    const source = clusterOf(home, 'cluster-1');
    const target = clusterOf(home, 'cluster-2');
    const process = await startDriver(socket, driverLatencyMs, driver);
    const controller = startController(home, socket, { context: 'cluster-2', driver });
    try {
      for (const cluster of [source, target]) {
        await createClasses(cluster, driver);
        await cluster.create(resources.csiDrivers, csiDriver);
        await cluster.create(resources.storageClasses, storageClass);
      }
      await createVolumes(source, 0, volumes, driver);
      await until(async () => (await boundClaims(source)) === volumes, 120_000);
      await createReplications(source, 0, volumes);
      await createWorkloads(source, volumes / claimsOfWorkload);
      await execute(home, executable('kubectl-dr'), ['backup', '-A', '--include-workloads', '-d', backups]);
      await execute(home, executable('kubectl-dr'), ['sandbox', 'fail', 'cluster-1']);
      const consent = ['--yes', '--accept-data-loss=unknown'];
      timing = await timed(home, ['failover', '-n=default', '--to=cluster-2', '--from', backups, ...consent]);
      yield undefined;
    } finally {
      await stop(controller);
      process.stdin?.end();
      source.close();
      target.close();
    }
  });
  for await (const _ of sandbox);
  if (timing === undefined) throw new Error('nothing was measured');
  return timing;
};

type StepDone = { type: string; tookSeconds?: number };

/** All that a move waits for: pods, the driver, and what travels between the storages. The rest is ours. */
const waitedMs = (stdout: string): number =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as StepDone)
    .filter(({ type }) => type === 'StepDone')
    .reduce((sum, { tookSeconds = 0 }) => sum + tookSeconds * 1000, 0);

const measureRelocate = async (home: string): Promise<number> => {
  let overheadMs = Number.NaN;
  mkdirSync(home, { recursive: true });
  const sandbox = withSandbox(home, ['--with-example', '--clock-factor=720'], async function* () {
    const dr = (...words: string[]) => execute(home, executable('kubectl-dr'), words);
    const cluster = clusterOf(home, 'cluster-1');
    await dr('protect', 'rbd-pvc');
    cluster.close();
    const { tookMs, stdout } = await timed(home, ['relocate', 'rbd-pvc', '-o=json']);
    overheadMs = tookMs - waitedMs(stdout);
    yield undefined;
  });
  for await (const _ of sandbox);
  return overheadMs;
};

/** What whole procedures cost, for one volume and for many. */
export async function* measureOperations(home: string): AsyncIterable<Measurement> {
  yield {
    what: 'relocate of 1 volume, less what it waits for',
    figure: seconds(await measureRelocate(join(home, 'relocate'))),
    target: '<= 1 s',
  };
  const targets = new Map([
    [100, '<= 15 s'],
    [1_000, '<= 120 s'],
  ]);
  let smallest: number | undefined;
  for (const volumes of [10, 100, 1_000]) {
    const { tookMs, requests } = await measureFailover(join(home, `failover-${volumes}`), volumes);
    const each = tookMs / volumes;
    smallest ??= each;
    const target = targets.get(volumes);
    yield {
      what: `failover of ${volumes} volumes in ${volumes / claimsOfWorkload} workloads, driver ${driverLatencyMs} ms a call`,
      figure: seconds(tookMs),
      ...(target !== undefined && { target }),
    };
    yield { what: '  API requests for each volume', figure: (requests / volumes).toFixed(2) };
    yield { what: '  time for each volume, against 10 volumes', figure: ratio(each, smallest) };
  }
}
