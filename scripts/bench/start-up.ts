import { spawnSync } from 'node:child_process';
import { type Measurement, median, milliseconds, ratio } from './measurement.ts';
import { environment, executable, withSandbox } from './workbench.ts';

const runs = 21;

/** Milliseconds from start to end of a command, the middle of many runs. */
const timeOf = (home: string, command: string, words: string[]): number => {
  const once = (): number => {
    const started = performance.now();
    spawnSync(command, words, { env: environment(home), stdio: 'ignore' });
    return performance.now() - started;
  };
  once(); // fills the compile cache
  return median(Array.from({ length: runs }, once));
};

const row = (what: string, value: number, baseline: number, target: string): Measurement => ({
  what: `${what} (${milliseconds(value)} against ${milliseconds(baseline)})`,
  figure: ratio(value, baseline),
  target,
});

/** How long a person waits for `--help` and for `status`, against an empty Node process and against kubectl. */
export async function* measureStartUp(home: string): AsyncIterable<Measurement> {
  const empty = timeOf(home, process.execPath, ['--eval', '']);
  const help = timeOf(home, executable('kubectl-dr'), ['--help']);
  yield row('kubectl dr --help against an empty Node process', help, empty, '<= 2 x');
  yield* withSandbox(home, ['--with-example'], async function* () {
    const get = timeOf(home, 'kubectl', ['get', 'volumereplications', '-A']);
    const status = timeOf(home, executable('kubectl-dr'), ['status', '-A']);
    yield row('kubectl dr status against kubectl get volumereplications', status, get, '<= 1.5 x');
  });
}
