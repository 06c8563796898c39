import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { type Measurement, seconds } from './measurement.ts';
import { createVolumes } from './volumes.ts';
import { clusterOf, environment, executable, until, withSandbox } from './workbench.ts';

const run = promisify(execFile);
const volumes = 1_000;

const storageClass: KubernetesObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'bench' },
  provisioner: 'rbd.csi.ceph.com',
  reclaimPolicy: 'Retain',
};

const boundClaims = async (cluster: Cluster): Promise<number> => {
  const { items } = await cluster.listAll<PersistentVolumeClaim>(resources.persistentVolumeClaims);
  return items.filter(({ status }) => status?.phase === 'Bound').length;
};

const itemsOf = async (cluster: Cluster, resource: Resource): Promise<KubernetesObject[]> => {
  const { items } = await cluster.listAll(resource);
  return items.map((item) => ({ ...item, apiVersion: 'v1', kind: resource.kind }));
};

/** What `kubectl get pv,pvc -A -o json` prints of the first site. */
const dumpTo = async (path: string, cluster: Cluster): Promise<void> => {
  const items = [
    ...(await itemsOf(cluster, resources.persistentVolumes)),
    ...(await itemsOf(cluster, resources.persistentVolumeClaims)),
  ];
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
};

/** How long it takes until many claims are bound on the other site, and what that asks of its API. */
export async function* measureRestore(home: string): AsyncIterable<Measurement> {
  yield* withSandbox(home, ['--no-controller', '--no-webhook'], async function* () {
    const cluster = clusterOf(home, 'cluster-1');
    await cluster.create(resources.storageClasses, storageClass);
    await createVolumes(cluster, 0, volumes);
    await until(async () => (await boundClaims(cluster)) === volumes, 120_000);
    const path = join(home, 'dump.json');
    await dumpTo(path, cluster);
    cluster.close();
    const target = clusterOf(home, 'cluster-2');
    await target.create(resources.storageClasses, storageClass);
    target.close();
    const restore = async () => {
      const started = performance.now();
      const words = ['restore', path, '--to', 'cluster-2', '-v=1'];
      const { stderr } = await run(executable('kubectl-dr'), words, {
        env: environment(home),
        maxBuffer: 2 ** 28,
      });
      const requests = Number(/(\d+) requests/.exec(stderr)?.[1]);
      return { time: performance.now() - started, requests };
    };
    const first = await restore();
    yield {
      what: `kubectl dr restore of ${volumes} claims until all are bound`,
      figure: seconds(first.time),
      target: '<= 30 s',
    };
    yield {
      what: 'API requests for each volume',
      figure: (first.requests / volumes).toFixed(2),
      target: '< 3',
    };
    const second = await restore();
    yield { what: 'the same again, when all are there', figure: seconds(second.time) };
    yield { what: 'API requests for that', figure: String(second.requests) };
  });
}
