import { resources } from '../../core/model/resource.ts';
import { type Measurement, median, megabytes, milliseconds } from './measurement.ts';
import { residentBytes } from './process-usage.ts';
import { createReplications } from './volumes.ts';
import { clusterOf, sandboxProcess, withSandbox } from './workbench.ts';

const volumes = 10_000;

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await act();
  return performance.now() - started;
};

/** How soon a person may begin: `sandbox up --detach` with the example, controllers and guards in place. */
async function* measureReadiness(home: string): AsyncIterable<Measurement> {
  const started = performance.now();
  yield* withSandbox(home, ['--with-example'], async function* () {
    yield {
      what: 'sandbox up --detach --with-example until the guards of both sites answer',
      figure: milliseconds(performance.now() - started),
    };
  });
}

/** How soon both sites answer, and what 10,000 volumes a site cost. */
export async function* measureSandbox(home: string): AsyncIterable<Measurement> {
  yield* measureReadiness(home);
  const started = performance.now();
  yield* withSandbox(home, ['--no-controller', '--no-webhook'], async function* () {
    yield {
      what: 'both sites answer after sandbox up --detach',
      figure: milliseconds(performance.now() - started),
      target: '<= 1500 ms',
    };
    const clusters = ['cluster-1', 'cluster-2'].map((context) => clusterOf(home, context));
    for (const cluster of clusters) await createReplications(cluster, 0, volumes);
    const list = async (): Promise<number> => {
      const times: number[] = [];
      for (const cluster of clusters)
        times.push(
          await timed(() =>
            cluster.request('GET', '/apis/replication.storage.openshift.io/v1alpha1/volumereplications'),
          ),
        );
      return Math.max(...times);
    };
    await list();
    yield {
      what: `${volumes} VolumeReplications of a site listed in one request`,
      figure: milliseconds(median([await list(), await list(), await list()])),
      target: '< 1000 ms',
    };
    const first = clusterOf(home, 'cluster-1');
    yield {
      what: 'the same in pages of 500',
      figure: milliseconds(await timed(() => first.listAll(resources.volumeReplications))),
    };
    first.close();
    yield {
      what: `memory of the sandbox with ${volumes} VolumeReplications a site`,
      figure: megabytes(residentBytes(sandboxProcess(home))),
      target: '<= 400 MB',
    };
    for (const cluster of clusters) cluster.close();
  });
}
