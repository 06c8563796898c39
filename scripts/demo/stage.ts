import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';

export type Site = 'cluster-1' | 'cluster-2';

/** What a step of the demo acts with: the built command, and both clusters' APIs. */
export type Stage = {
  /** Runs `kubectl dr …`, prints the command and what it says, and answers its standard output. */
  dr(...words: string[]): Promise<string>;
  /** The same for a command that has to be refused by a safety rule. */
  drRefused(...words: string[]): Promise<void>;
  /** Where the demo keeps its backups. */
  readonly backups: string;
  /** A cluster's API; what it warns of is printed. */
  cluster(site: Site): Cluster;
  /**
   * Shows a change being refused: by the real `kubectl` where there is one, else asked of the API, which says the same. Fails
   * when it is not refused, or not for the reason expected.
   */
  refused(site: Site, change: Change, code: string): Promise<void>;
  /** One of the objects in manifests/samples. */
  sample(name: string): KubernetesObject;
  close(): Promise<void>;
};

/** A change as a person types it, and the same asked of the API. */
export type Change = {
  words: string[];
  /** What `-f -` reads. */
  input?: KubernetesObject;
  ask: (cluster: Cluster) => Promise<unknown>;
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
const haveKubectl = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((directory) => existsSync(join(directory, 'kubectl')));

const indent = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `   ${line}`)
    .join('\n');

/** As a shell takes it. */
const quoted = (word: string): string => (/^[\w./:=@-]+$/.test(word) ? word : `'${word}'`);

/** Opens a stage with its own home directory, so that a sandbox of the user's is not touched. */
export const openStage = ({ home, signal }: { home: string; signal: AbortSignal }): Stage => {
  const kubeconfigPath = join(home, '.kube', 'kubectl-dr-sandbox');
  const env = {
    ...process.env,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_RUNTIME_DIR: '',
    KUBECONFIG: kubeconfigPath,
    KUBECTL_DR_PEER_CONTEXT: '',
    KUBECTL_DR_PEER_KUBECONFIG: '',
  };
  const clusters = new Map<Site, Cluster>();

  type Finished = { code?: unknown; stdout?: string; message?: string };

  /** Runs a command; 3: finished, but a volume is not healthy, which is what some steps show. */
  const execute = async (words: string[], abort?: AbortSignal, expected = [0, 3]): Promise<string> => {
    const options = { env, ...(abort === undefined ? {} : { signal: abort }) };
    // Through a shell, so that what it says comes in the order in which a terminal would show it.
    const inOrder = ['-c', 'exec "$0" "$@" 2>&1', join(root, 'dist/bin/kubectl-dr'), ...words];
    const {
      code = 0,
      stdout = '',
      message,
    }: Finished = await run('sh', inOrder, options).catch((error: Finished) => error);
    if (typeof code !== 'number' || !expected.includes(code))
      throw new Error(`kubectl dr ${words.join(' ')} ended with ${code}: ${stdout.trim() || message}`);
    return stdout;
  };

  const show = async (words: string[], expected?: number[]): Promise<string> => {
    console.log(`   $ kubectl dr ${words.map(quoted).join(' ')}`);
    const output = await execute(words, signal, expected);
    if (output.trim() !== '') console.log(indent(output));
    return output;
  };

  const cluster = (site: Site): Cluster => {
    const known = clusters.get(site);
    if (known !== undefined) return known;
    const opened = connect({
      kubeconfig: loadKubeconfig({ env, home }),
      context: site,
      onWarning: (text) => console.log(indent(`Warning: ${text}`)),
    });
    clusters.set(site, opened);
    return opened;
  };

  /** What kubectl says of a change; undefined when it was carried out. */
  const objection = async (site: Site, { words, input, ask }: Change): Promise<string | undefined> => {
    if (haveKubectl) {
      const asking = run('kubectl', ['--context', site, '--request-timeout=10s', ...words], { env, signal });
      asking.child.stdin?.end(input === undefined ? '' : JSON.stringify(input));
      return asking.then(
        () => undefined,
        (error: { stderr?: string; message: string }) => error.stderr || error.message,
      );
    }
    return ask(cluster(site)).then(
      () => undefined,
      (error: Error) => `Error from server (Forbidden): ${error.message}`,
    );
  };

  return {
    dr: (...words) => show(words),
    drRefused: async (...words) => {
      await show(words, [4]);
    },
    backups: join(home, 'backups'),
    cluster,
    refused: async (site, change, code) => {
      const instead = haveKubectl ? '' : '    # kubectl is not installed here: asked of the API';
      console.log(`   $ kubectl --context ${site} ${change.words.map(quoted).join(' ')}${instead}`);
      const said = await objection(site, change);
      if (said === undefined) throw new Error(`${site} did not refuse it`);
      console.log(indent(said));
      if (!said.includes(`${code}: `)) throw new Error(`${site} refused it, but not for ${code}`);
    },
    sample: (name) => parse(readFileSync(join(root, 'manifests/samples', `${name}.yaml`), 'utf8')),
    close: async () => {
      for (const opened of clusters.values()) opened.close();
      // Not bound to the signal: an interrupted demo ends its sandbox too.
      await execute(['sandbox', 'down']).catch(() => undefined);
    },
  };
};
