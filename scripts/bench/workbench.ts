import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';

const run = promisify(execFile);
export const root = fileURLToPath(new URL('../../', import.meta.url));
export const executable = (name: string): string => join(root, 'dist/bin', name);

/** The environment of a bench: its own home, so that nothing of the user's is read or written. */
export const environment = (home: string): NodeJS.ProcessEnv => ({
  ...process.env,
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_RUNTIME_DIR: '',
  KUBECONFIG: join(home, '.kube', 'kubectl-dr-sandbox'),
  KUBECTL_DR_PEER_CONTEXT: '',
  KUBECTL_DR_PEER_KUBECONFIG: '',
});

/** Runs an executable to its end; exit code 3 (degraded) is an answer, not a failure. */
export const execute = async (home: string, command: string, words: string[]): Promise<string> => {
  try {
    const { stdout } = await run(command, words, { env: environment(home), maxBuffer: 2 ** 28 });
    return stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    if (code === 3 && stdout !== undefined) return stdout;
    throw error;
  }
};

/** Starts a sandbox of the bench's own, hands it over, and ends it whatever happens. */
export const withSandbox = async function* <T>(
  home: string,
  flags: string[],
  use: () => AsyncIterable<T>,
): AsyncIterable<T> {
  await execute(home, executable('kubectl-dr'), ['sandbox', 'up', '--detach', '--embedded', ...flags]);
  try {
    yield* use();
  } finally {
    await execute(home, executable('kubectl-dr'), ['sandbox', 'down']);
  }
};

/** The process id of the sandbox that runs in this home. */
export const sandboxProcess = (home: string): number =>
  JSON.parse(readFileSync(join(home, 'state/kubectl-dr/sandbox.json'), 'utf8')).pid;

export const clusterOf = (home: string, context: string): Cluster =>
  connect({
    kubeconfig: loadKubeconfig({ env: environment(home), home }),
    context,
    requestTimeoutMs: 60_000,
  });

/** Does one thing for each number below `count`, 32 at a time. */
export const forEachOf = async (count: number, act: (index: number) => Promise<unknown>): Promise<void> => {
  const limit = pLimit(32);
  await Promise.all(Array.from({ length: count }, (_, index) => limit(() => act(index))));
};

/** Waits until a condition holds, looking every 100 ms; gives up after `timeoutMs`. */
export const until = async (
  condition: () => Promise<boolean> | boolean,
  timeoutMs: number,
): Promise<void> => {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not reached within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
