import { join } from 'node:path';
import type { Cluster } from '../kube/cluster.ts';
import type { RecordKeeper } from './record-keeper.ts';
import { type SandboxPlan, siteKubeconfig } from './sandbox-plan.ts';
import { host } from './site/free-port.ts';
import { createGuard, type Guard } from './site/guard.ts';
import { isReady } from './site/is-ready.ts';
import { installRegistrations } from './site/registrations.ts';
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

const urlOf = ({ port }: Pick<GuardOfSite, 'port'>): string => `https://${host}:${port}`;

const serveArgs = ({ plan, site, peer, port }: GuardOfSite): string[] => [
  'serve',
  `--kubeconfig=${siteKubeconfig(plan, site)}`,
  `--context=${site}`,
  `--peer-kubeconfig=${siteKubeconfig(plan, peer)}`,
  `--peer-context=${peer}`,
  `--namespace=${namespace}`,
  `--url=${urlOf({ port })}`,
  `--bind-address=${host}:${port}`,
  '--metrics-bind-address=0',
  // One process per site, whose lease a killed one would hold for seconds.
  '--leader-election=false',
  // Nobody but the one API server asks it, and that is about to end, too.
  '--drain-delay=0s',
];

/** The guard of a site: `dr-webhook` as its users run it, registered by URL because no Service leads out of its cluster. */
export const assembleGuard = (options: GuardOfSite): Guard => {
  const { plan, keeper, site, cluster, port } = options;
  const { env, log, now } = plan.context;
  const script = applicationScript(plan.packageRoot, 'webhook', import.meta.url.endsWith('.ts'));
  const logFile = join(plan.runDirectory, `${site}-dr-webhook.log`);
  const common = { env, logFile };
  const executable = process.execPath;

  const supervised = createSupervisedProcess({
    what: `the webhook of ${site}`,
    executable,
    args: [script, ...serveArgs(options)],
    startChild: keeper.startChild,
    now,
    log,
    ...common,
  });
  const url = urlOf(options);
  return createGuard({
    cluster,
    driver: driverName,
    process: supervised,
    // Whose certificate it is does not matter: the port is on this machine, and only this word is asked for.
    isReady: () => isReady({ port, rejectUnauthorized: false }),
    logFile,
    readyWithinMs,
    install: (signal) =>
      installRegistrations(cluster, { manifests: join(plan.packageRoot, 'manifests'), url, signal }),
  });
};
