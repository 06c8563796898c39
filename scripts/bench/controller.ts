import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { startController, startDriver, stop } from './controller-process.ts';
import { type Measurement, megabytes, seconds } from './measurement.ts';
import { processorMilliseconds, residentBytes } from './process-usage.ts';
import { createClasses, createReplications, createVolumes } from './volumes.ts';
import { clusterOf, executable, execute, until, withSandbox } from './workbench.ts';

const few = 1_000;
const many = 10_000;
const driverLatencyMs = 20;
const idleMs = 20_000;

/** How many claims of a site are bound. */
export const boundClaims = async (cluster: Cluster): Promise<number> => {
  const { items } = await cluster.listAll<PersistentVolumeClaim>(resources.persistentVolumeClaims);
  return items.filter(({ status }) => status?.phase === 'Bound').length;
};

const primaries = async (cluster: Cluster): Promise<number> => {
  const { items } = await cluster.listAll<VolumeReplication>(resources.volumeReplications);
  return items.filter(({ status }) => status?.state === 'Primary' && status.lastSyncTime !== undefined)
    .length;
};

/** The newest resourceVersion of the whole store: it grows by each write. */
const newestVersion = async (cluster: Cluster): Promise<number> =>
  Number((await cluster.list(resources.volumeReplications, { limit: 1 })).resourceVersion);

async function* measureIdle(cluster: Cluster, controller: ChildProcess): AsyncIterable<Measurement> {
  const pid = controller.pid ?? Number.NaN;
  const writesBefore = await newestVersion(cluster);
  const cpuBefore = processorMilliseconds(pid);
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const cpu = processorMilliseconds(pid) - cpuBefore;
  yield {
    what: `writes to the API in ${seconds(idleMs)} with ${many} settled VolumeReplications`,
    figure: String((await newestVersion(cluster)) - writesBefore),
    target: '0',
  };
  yield {
    what: 'processor time in that while, of one core',
    figure: `${((cpu / idleMs) * 100).toFixed(2)} %`,
    target: '< 2 %',
  };
  yield { what: 'memory of the controller', figure: megabytes(residentBytes(pid)), target: '< 250 MB' };
}

/** How fast many volumes become primary with a driver that takes 20 ms a call, and what the controller costs at rest. */
export async function* measureController(home: string): AsyncIterable<Measurement> {
  const socket = join(home, 'driver.sock');
  yield* withSandbox(home, ['--no-controller', '--no-webhook'], async function* () {
    const cluster = clusterOf(home, 'cluster-1');
    const driver = await startDriver(socket, driverLatencyMs);
    await createClasses(cluster);
    await createVolumes(cluster, 0, few);
    await until(async () => (await boundClaims(cluster)) === few, 120_000);
    await createReplications(cluster, 0, few);
    const writesBefore = await newestVersion(cluster);
    const started = performance.now();
    let controller = startController(home, socket);
    try {
      await until(async () => (await primaries(cluster)) === few, 300_000);
      yield {
        what: `${few} VolumeReplications to Primary, driver ${driverLatencyMs} ms a call`,
        figure: seconds(performance.now() - started),
        target: '<= 10 s',
      };
      yield {
        what: 'writes to the API for each of them',
        figure: (((await newestVersion(cluster)) - writesBefore) / few).toFixed(2),
      };
      await createVolumes(cluster, few, many);
      await until(async () => (await boundClaims(cluster)) === many, 600_000);
      await createReplications(cluster, few, many);
      await until(async () => (await primaries(cluster)) === many, 600_000);
      // A fresh start: what it costs at rest, not what the rush before left behind.
      await stop(controller);
      controller = startController(home, socket);
      await new Promise((resolve) => setTimeout(resolve, idleMs));
      yield* measureIdle(cluster, controller);
      const asked = performance.now();
      await execute(home, executable('kubectl-dr'), ['status', '-A', '-o', 'json']);
      yield {
        what: `kubectl dr status -A over ${many} protected volumes`,
        figure: seconds(performance.now() - asked),
        target: '< 5 s',
      };
    } finally {
      await stop(controller);
      driver.stdin?.end();
      cluster.close();
    }
  });
}
