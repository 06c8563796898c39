import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { type Measurement, seconds } from './measurement.ts';
import { createClasses, createReplications, createVolumes } from './volumes.ts';
import { clusterOf, executable, execute, until, withSandbox } from './workbench.ts';

const volumes = 1_000;

const boundClaims = async (cluster: Cluster): Promise<number> => {
  const { items } = await cluster.listAll<PersistentVolumeClaim>(resources.persistentVolumeClaims);
  return items.filter(({ status }) => status?.phase === 'Bound').length;
};

const createStorageClass = (cluster: Cluster) =>
  cluster.create(resources.storageClasses, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'bench' },
    provisioner: 'rbd.csi.ceph.com',
    reclaimPolicy: 'Retain',
  });

/** How long a backup of many protected volumes takes, what it asks of the API, and how long it takes to check. */
export async function* measureBackup(home: string): AsyncIterable<Measurement> {
  yield* withSandbox(home, ['--no-controller', '--no-webhook'], async function* () {
    const cluster = clusterOf(home, 'cluster-1');
    await createStorageClass(cluster);
    await createClasses(cluster);
    await createVolumes(cluster, 0, volumes);
    await until(async () => (await boundClaims(cluster)) === volumes, 120_000);
    await createReplications(cluster, 0, volumes);
    const dr = (...words: string[]) => execute(home, executable('kubectl-dr'), words);
    const started = performance.now();
    const { directory, requests } = JSON.parse(await dr('backup', '-A', '-o', 'json'));
    yield {
      what: `kubectl dr backup -A of ${volumes} protected claims`,
      figure: seconds(performance.now() - started),
      target: '<= 10 s',
    };
    yield { what: 'API requests for it', figure: String(requests) };
    yield { what: 'API requests for each claim', figure: (requests / volumes).toFixed(3), target: '< 1' };
    const verified = performance.now();
    await dr('backup', 'verify', directory);
    yield { what: 'kubectl dr backup verify of it', figure: seconds(performance.now() - verified) };
    const streamed = performance.now();
    await dr('backup', '-A', '-d', '-');
    yield { what: 'the same backup as one stream', figure: seconds(performance.now() - streamed) };
    cluster.close();
  });
}
