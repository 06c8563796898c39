import { join } from 'node:path';
import { connect } from '../kube/connect.ts';
import { loadKubeconfig } from '../kube/kubeconfig.ts';
import { assembleGuard } from './assemble-guard.ts';
import type { SiteCertificates } from './certificates.ts';
import { siteNames } from './control-protocol.ts';
import { kubeconfigText } from './kubeconfig-file.ts';
import type { RecordKeeper } from './record-keeper.ts';
import { type SandboxPlan, siteKubeconfig } from './sandbox-plan.ts';
import { createSite, driverName, driverSocket, type Site } from './site/site.ts';
import type { SiteServer } from './site/site-server.ts';
import { applicationScript, createSupervisedProcess } from './site/supervised-process.ts';
import { type ArrayPair, createArrayPair } from './storage/array-pair.ts';
import { readArrays } from './storage/state-directory.ts';
import { writePrivateFile } from './write-file.ts';

/** The two arrays, empty or as they were kept. */
export const openArrays = async (plan: SandboxPlan): Promise<ArrayPair> => {
  const { context, settings, stateDirectory } = plan;
  const directory = stateDirectory === undefined ? undefined : join(stateDirectory, 'arrays');
  const saved = directory === undefined ? undefined : await readArrays(directory);
  const pair = createArrayPair({
    sites: siteNames,
    now: context.now,
    random: context.random,
    clockFactor: settings.clockFactor,
    poolIds: settings.poolIds,
    ...(saved !== undefined && { saved }),
  });
  // A site that had failed comes back with a restart.
  for (const site of pair.sites) site.setFrozen(false);
  pair.setLink(true);
  return pair;
};

/** One file for people with both contexts, and one per site for its own processes. */
export const writeKubeconfigs = async (
  plan: SandboxPlan,
  servers: readonly SiteServer[],
  certificates: readonly SiteCertificates[],
): Promise<void> => {
  const sites = siteNames.flatMap((name, index) => {
    const [server, own] = [servers[index], certificates[index]];
    return server === undefined || own === undefined ? [] : [{ name, url: server.url, certificates: own }];
  });
  await writePrivateFile(plan.kubeconfig, kubeconfigText(sites));
  for (const site of sites) {
    const others = sites.filter((other) => other !== site);
    await writePrivateFile(siteKubeconfig(plan, site.name), kubeconfigText([site, ...others]));
  }
};

/** Whole seconds, and no less than one. */
const shortened = (seconds: number, factor: number): string =>
  `${Math.max(1, Math.round(seconds / factor))}s`;

const controllerArgs = (plan: SandboxPlan, site: string, peer: string): string[] => [
  applicationScript(plan.packageRoot, 'controller', import.meta.url.endsWith('.ts')),
  `--driver-name=${driverName}`,
  `--csi-addons-address=unix://${driverSocket(plan.runDirectory, site)}`,
  `--kubeconfig=${siteKubeconfig(plan, site)}`,
  `--peer-kubeconfig=${siteKubeconfig(plan, peer)}`,
  `--peer-context=${peer}`,
  // One process per site, whose lease a killed one would hold for seconds.
  '--leader-election=false',
  '--metrics-bind-address=0',
  '--health-probe-bind-address=0',
  // The controller asks as often as the class's interval says; the storage's clock runs faster than its.
  ...(plan.settings.clockFactor > 1
    ? [
        `--sync-info-interval=${shortened(60, plan.settings.clockFactor)}`,
        `--resync-interval=${shortened(30, plan.settings.clockFactor)}`,
      ]
    : []),
];

/** Both sites, put together but not acting yet. */
export const assembleSites = (
  plan: SandboxPlan,
  keeper: RecordKeeper,
  pair: ArrayPair,
  servers: readonly [SiteServer, SiteServer],
  webhookPorts: readonly [number, number],
): readonly [Site, Site] => {
  const { context, settings, runDirectory } = plan;
  const { now, random, log } = context;
  const assemble = (index: 0 | 1): Site => {
    const name = siteNames[index];
    const peer = siteNames[index === 0 ? 1 : 0];
    const kubeconfig = loadKubeconfig({
      env: {},
      home: undefined,
      kubeconfig: siteKubeconfig(plan, name),
    });
    const common = { kubeconfig, name, userAgent: 'kubectl-dr-sandbox', now, random };
    const cluster = connect({ ...common, maxSockets: 64 });
    const controller = settings.controller
      ? createSupervisedProcess({
          what: `the controller of ${name}`,
          executable: process.execPath,
          args: controllerArgs(plan, name, peer),
          env: context.env,
          logFile: join(runDirectory, `${name}-dr-controller.log`),
          startChild: keeper.startChild,
          now,
          log,
        })
      : undefined;
    return createSite({
      name,
      server: servers[index],
      array: pair.sites[index],
      destinationInfo: settings.destinationInfo,
      cluster,
      // The rights stay those of an administrator; only the name is another one.
      connectAs: (user) => connect({ ...common, impersonate: { user, groups: ['system:masters'] } }),
      socketPath: driverSocket(runDirectory, name),
      controller,
      guard: settings.webhook
        ? assembleGuard({ plan, keeper, site: name, peer, cluster, port: webhookPorts[index] })
        : undefined,
      now,
      random,
      log,
    });
  };
  return [assemble(0), assemble(1)];
};
