import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { faultsIn } from '../plugin/printed-commands.ts';

/** How a command ended. A failing one does not throw: its exit code and words are what is tested. */
export type Ended = { code: number; stdout: string; stderr: string };

/** One sandbox of the test's own, in its own home directory, driven by the built executables alone. */
export type RunningSandbox = {
  home: string;
  env: NodeJS.ProcessEnv;
  /** `kubectl dr …`, as the built executable. */
  dr(...words: string[]): Promise<Ended>;
  /** The real kubectl at one site; `input` goes to its standard input. */
  kubectl(site: string, words: string[], input?: string): Promise<Ended>;
  /** Repeats until `accept` holds for what `look` answers, and answers that; throws with the last answer when time is up. */
  until<T>(look: () => Promise<T>, accept: (seen: T) => boolean, timeoutMs?: number): Promise<T>;
  end(): Promise<void>;
};

export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
export const executable = (name: string): string => join(packageRoot, 'dist/bin', name);

/** The kinds of API servers a sandbox can run on here: real ones only where etcd and kube-apiserver are installed. */
export const serverFlavours: { flavour: string; flags: string[] }[] = [
  { flavour: 'embedded API servers', flags: ['--embedded'] },
  ...([process.env['KUBEBUILDER_ASSETS'], '/usr/local/kubebuilder/bin'].some(
    (place) => place && existsSync(join(place, 'kube-apiserver')) && existsSync(join(place, 'etcd')),
  )
    ? [{ flavour: 'real API servers', flags: [] }]
    : []),
];

const holds = (directory: string, command: string): boolean => existsSync(join(directory, command));

const isOnPath = (command: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((directory) => holds(directory, command));

/** False on a machine without kubectl, where the tests that drive it are skipped; where CI requires it, they fail instead. */
export const haveKubectl = isOnPath('kubectl') || Boolean(process.env['KUBECTL_DR_TEST_REQUIRE_KUBECTL']);

/**
 * Words of a command that gives a server more time for one answer than a person would, who waits ten seconds: a machine that runs all tests
 * at once can take longer. A test of what hangs says itself how long it waits.
 */
export const patiently = (words: readonly string[]): string[] => {
  const isOfFiles = words[0] === 'backup' && ['list', 'verify'].includes(words[1] ?? '');
  const others = ['sandbox', 'explain', 'completion', 'version', '__complete'];
  const isOfClusters = !isOfFiles && !others.includes(words[0] ?? '');
  const saysItself = words.some((word) => word.startsWith('--request-timeout') || word.startsWith('--help'));
  return isOfClusters && !saysItself ? [...words, '--request-timeout=60s'] : [...words];
};

/** Runs a command to its end, at most three minutes. */
export const runCommand = (
  command: string,
  words: string[],
  { env, input }: { env: NodeJS.ProcessEnv; input?: string | undefined },
): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      command,
      words,
      { env, timeout: 180_000, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr: code === -1 ? `${stderr}${error?.message ?? ''}` : stderr });
      },
    );
    child.stdin?.on('error', () => undefined); // a command that does not read its input closes it early
    child.stdin?.end(input ?? '');
  });

/** Of the user's own kubectl-dr, installed beside what is tested, nothing is to be found; `check` would tell of it. */
const withoutOthers = (path: string): string =>
  path
    .split(':')
    .filter((directory) => !holds(directory, 'kubectl-dr') || holds(directory, 'kubectl'))
    .join(':');

/** An environment in which nothing of the user's is read or written. */
export const privateEnvironment = (home: string): NodeJS.ProcessEnv => ({
  ...process.env,
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_RUNTIME_DIR: '',
  KUBECONFIG: join(home, '.kube', 'kubectl-dr-sandbox'),
  KUBECTL_DR_PEER_CONTEXT: '',
  KUBECTL_DR_PEER_KUBECONFIG: '',
  PATH: `${join(packageRoot, 'dist/bin')}:${withoutOthers(process.env['PATH'] ?? '')}`,
  NO_COLOR: '1',
});

/** What is named as the next command, in text and in JSON, is one that can be typed. Throws where it is not. */
const mustBeTypable = ({ stdout, stderr }: Ended): void => {
  const named = `${stdout}\n${stderr}`.matchAll(/(?:; next: |"next(?:Command)?": ?")(kubectl dr [^"\n]*)/g);
  const faults = [...named].flatMap(([, line = '']) => faultsIn(line));
  if (faults.length > 0) throw new Error(`a next command that nobody can type: ${faults.join('; ')}`);
};

/** Starts a sandbox in the background (`kubectl dr sandbox up --detach` and the flags given) and waits until both sites answer. */
export const startSandbox = async (...flags: string[]): Promise<RunningSandbox> => {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-dr-e2e-'));
  const env = privateEnvironment(home);
  const dr = async (...words: string[]) => {
    const ended = await runCommand(executable('kubectl-dr'), patiently(words), { env });
    mustBeTypable(ended);
    return ended;
  };
  const end = async () => {
    const { code, stderr } = await dr('sandbox', 'down');
    rmSync(home, { recursive: true, force: true });
    if (code !== 0) throw new Error(`sandbox down: ${stderr}`);
  };
  const up = await dr('sandbox', 'up', '--detach', ...flags);
  if (up.code !== 0) {
    await end().catch(() => undefined);
    throw new Error(`sandbox up: ${up.stderr}`);
  }
  return {
    home,
    env,
    dr,
    kubectl: (site, words, input) => runCommand('kubectl', ['--context', site, ...words], { env, input }),
    until: async (look, accept, timeoutMs = 60_000) => {
      const giveUp = performance.now() + timeoutMs;
      for (;;) {
        const seen = await look();
        if (accept(seen)) return seen;
        if (performance.now() > giveUp)
          throw new Error(`not reached; last seen: ${JSON.stringify(seen, null, 2)}`);
        await delay(150);
      }
    },
    end,
  };
};
