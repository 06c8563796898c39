import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { Resource } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';

export type Site = 'cluster-1' | 'cluster-2';

/** What a step of the demo acts with: the built command, and both clusters' APIs. */
export type Stage = {
  /** Runs `kubectl dr …`, prints the command and what it says, and answers its standard output. */
  dr(...words: string[]): Promise<string>;
  /** The same without printing. */
  drQuietly(...words: string[]): Promise<string>;
  /** A cluster's API; what it warns of is printed. */
  cluster(site: Site): Cluster;
  /**
   * Shows a change being refused: by the real `kubectl` where there is one, else asked of the API, which says the same. Fails
   * when it is not refused, or not for the reason expected.
   */
  refused(site: Site, change: Change, code: string): Promise<void>;
  /** One of the objects in manifests/samples. */
  sample(name: string): KubernetesObject;
  /** Reads an object again and again until it is as wanted; one line tells how long that took. */
  until<T extends KubernetesObject>(
    site: Site,
    wanted: {
      resource: Resource;
      name: string;
      namespace?: string;
      is: string;
      when: (object: T) => boolean;
    },
  ): Promise<T>;
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

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });

/** Opens a stage with its own home directory, so that a sandbox of the user's is not touched. */
export const openStage = ({ home, signal }: { home: string; signal: AbortSignal }): Stage => {
  const kubeconfigPath = join(home, '.kube', 'kubectl-dr-sandbox');
  const env = {
    ...process.env,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_RUNTIME_DIR: '',
    KUBECONFIG: kubeconfigPath,
    KUBECTL_DR_PEER_CONTEXT: '',
  };
  const clusters = new Map<Site, Cluster>();

  const execute = async (words: string[], abort?: AbortSignal): Promise<string> => {
    const { stdout, stderr } = await run(join(root, 'dist/bin/kubectl-dr'), words, {
      env,
      ...(abort === undefined ? {} : { signal: abort }),
    }).catch((error: { code?: unknown; stdout?: string; stderr?: string; message: string }) => {
      // 3: finished, but a volume is not healthy, which is what some steps show.
      if (error.code === 3) return { stdout: error.stdout ?? '', stderr: error.stderr ?? '' };
      throw new Error(`kubectl dr ${words.join(' ')}: ${error.stderr?.trim() || error.message}`);
    });
    return stdout + stderr;
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
    dr: async (...words) => {
      console.log(`   $ kubectl dr ${words.map(quoted).join(' ')}`);
      const output = await execute(words, signal);
      if (output.trim() !== '') console.log(indent(output));
      return output;
    },
    drQuietly: (...words) => execute(words, signal),
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
    until: async (site, { resource, name, namespace, is, when }) => {
      const started = performance.now();
      for (;;) {
        const object = await cluster(site).get<Parameters<typeof when>[0]>(
          resource,
          namespace === undefined ? { name } : { name, namespace },
          { signal },
        );
        if (when(object)) {
          const seconds = ((performance.now() - started) / 1000).toFixed(1);
          console.log(`   ${site}: ${resource.kind} ${name} is ${is} (${seconds} s)`);
          return object;
        }
        await pause(100, signal);
      }
    },
    close: async () => {
      for (const opened of clusters.values()) opened.close();
      // Not bound to the signal: an interrupted demo ends its sandbox too.
      await execute(['sandbox', 'down']).catch(() => undefined);
    },
  };
};
