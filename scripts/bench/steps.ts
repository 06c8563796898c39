import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { boundClaims } from './controller.ts';
import { startController, startDriver, stop } from './controller-process.ts';
import { type Measurement, seconds } from './measurement.ts';
import { createClasses, createVolumes } from './volumes.ts';
import { clusterOf, environment, executable, until, withSandbox } from './workbench.ts';

const volumes = 200;
const driverLatencyMs = 50;

const run = promisify(execFile);

/** How long the command takes, and how many requests it says that it sent. */
const timed = async (home: string, words: string[]): Promise<{ tookMs: number; requests: number }> => {
  const started = performance.now();
  const { stderr } = await run(executable('kubectl-dr'), [...words, '-v=1'], {
    env: environment(home),
    maxBuffer: 2 ** 28,
  });
  const [, requests = 'NaN'] = /(\d+) API requests/.exec(stderr) ?? [];
  return { tookMs: performance.now() - started, requests: Number(requests) };
};

/** How long it takes to promote and to demote many volumes by one command, with a driver that takes its time. */
export async function* measureSteps(home: string): AsyncIterable<Measurement> {
  const socket = join(home, 'driver.sock');
  yield* withSandbox(home, ['--no-controller', '--no-webhook'], async function* () {
    const cluster = clusterOf(home, 'cluster-1');
    const driver = await startDriver(socket, driverLatencyMs);
    await createClasses(cluster);
    await createVolumes(cluster, 0, volumes);
    await until(async () => (await boundClaims(cluster)) === volumes, 120_000);
    const controller = startController(home, socket);
    const names = Array.from({ length: volumes }, (_, index) => `bench-${index}`);
    try {
      for (const [verb, target] of [
        ['promote', '<= 5 s'],
        ['demote', undefined],
      ] as const) {
        const { tookMs, requests } = await timed(home, [verb, ...names, '--context=cluster-1']);
        yield {
          what: `kubectl dr ${verb} of ${volumes} volumes until seen, driver ${driverLatencyMs} ms a call`,
          figure: seconds(tookMs),
          ...(target !== undefined && { target }),
        };
        yield { what: 'API requests for each volume', figure: (requests / volumes).toFixed(2) };
      }
    } finally {
      await stop(controller);
      driver.stdin?.end();
      cluster.close();
    }
  });
}
