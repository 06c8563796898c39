import { join } from 'node:path';
import { DrError } from '../core/model/error.ts';
import { resources } from '../core/model/resource.ts';
import { isAlreadyExists } from '../kube/api-error.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { RecordKeeper } from './record-keeper.ts';
import { type SandboxPlan, siteKubeconfig } from './sandbox-plan.ts';
import { host } from './site/free-port.ts';
import { createGuard, type Guard } from './site/guard.ts';
import { driverName } from './site/site.ts';
import { applicationScript, createSupervisedProcess } from './site/supervised-process.ts';

export type GuardOfSite = {
  plan: SandboxPlan;
  keeper: RecordKeeper;
  site: string;
  peer: string;
  cluster: Cluster;
  /** Where its webhook listens. */
  port: number;
};

const namespace = 'kubectl-dr';
const readyWithinMs = 60_000;
const registerWithinMs = 30_000;

const serveArgs = ({ plan, site, peer, port }: GuardOfSite): string[] => [
  'serve',
  `--kubeconfig=${siteKubeconfig(plan, site)}`,
  `--context=${site}`,
  `--peer-kubeconfig=${siteKubeconfig(plan, peer)}`,
  `--peer-context=${peer}`,
  `--namespace=${namespace}`,
  `--url=https://${host}:${port}`,
  `--bind-address=${host}:${port}`,
  '--metrics-bind-address=0',
  // One process per site, whose lease a killed one would hold for seconds.
  '--leader-election=false',
  // Nobody but the one API server asks it, and that is about to end, too.
  '--drain-delay=0s',
];

const registerArgs = ({ plan, site, port }: GuardOfSite): string[] => [
  'register',
  `--kubeconfig=${siteKubeconfig(plan, site)}`,
  `--context=${site}`,
  `--url=https://${host}:${port}`,
];

const createNamespace = async (cluster: Cluster, signal: AbortSignal): Promise<void> => {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await cluster.create(resources.namespaces, object, { signal }).catch((thrown: unknown) => {
    if (!isAlreadyExists(thrown)) throw thrown;
  });
};

/** The guard of a site: `dr-webhook` as its users run it, registered by URL because no Service leads out of the cluster. */
export const assembleGuard = (options: GuardOfSite): Guard => {
  const { plan, keeper, site, cluster, port } = options;
  const { env, log, now } = plan.context;
  const script = applicationScript(plan.packageRoot, 'webhook', import.meta.url.endsWith('.ts'));
  const logFile = join(plan.runDirectory, `${site}-dr-webhook.log`);
  const common = { env, logFile };
  const executable = process.execPath;

  const prepare = (signal: AbortSignal): Promise<void> => createNamespace(cluster, signal);

  const register = async (signal: AbortSignal): Promise<void> => {
    const args = [script, ...registerArgs(options)];
    const child = await keeper.startChild({ command: executable, args, ...common });
    const stop = (): void => child.signal('SIGKILL');
    const ending = AbortSignal.any([signal, AbortSignal.timeout(registerWithinMs)]);
    ending.addEventListener('abort', stop, { once: true });
    const { code } = await child.exited;
    ending.removeEventListener('abort', stop);
    signal.throwIfAborted();
    if (code === 0) return;
    throw new DrError({
      code: 'GuardNotRegistered',
      message: `the admission webhook of ${site} could not be registered`,
      hint: `see ${logFile}, or start the sandbox with --no-webhook`,
    });
  };

  const supervised = createSupervisedProcess({
    what: `the webhook of ${site}`,
    executable,
    args: [script, ...serveArgs(options)],
    startChild: keeper.startChild,
    now,
    log,
    ...common,
  });
  return createGuard({
    cluster,
    driver: driverName,
    process: supervised,
    port,
    logFile,
    readyWithinMs,
    prepare,
    register,
  });
};
