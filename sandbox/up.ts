import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError } from '../core/model/error.ts';
import type { SiteCertificates } from './certificates.ts';
import { assertKubeconfigIsOurs, claimSandbox } from './claim-sandbox.ts';
import type { Log } from './cluster-controllers/runtime/work-queue.ts';
import { type SandboxSettings, type SandboxStatus, siteNames } from './control-protocol.ts';
import { type ControlHandlers, startControlServer } from './control-server.ts';
import { keepArrays } from './keep-arrays.ts';
import { kubeconfigText } from './kubeconfig-file.ts';
import { removeFiles } from './leftovers.ts';
import { findPackageRoot } from './package-root.ts';
import { defaultKubeconfig, type SandboxRecord, type Surroundings } from './record.ts';
import { keepRecord, type RecordKeeper } from './record-keeper.ts';
import { createOperations } from './sandbox-operations.ts';
import { startServers } from './sandbox-servers.ts';
import { controllerScript, createControllerProcess } from './site/controller-process.ts';
import { installClaim, installClasses, installDefinitions } from './site/install.ts';
import { findServerBinaries } from './site/real-server.ts';
import { createSite, driverName, driverSocket, type Site } from './site/site.ts';
import type { SiteServer } from './site/site-server.ts';
import { certificatesFor, openStateDirectory, readPorts, writePorts } from './state-directory.ts';
import { type ArrayPair, createArrayPair } from './storage/array-pair.ts';
import { readArrays } from './storage/state-directory.ts';
import { writePrivateFile } from './write-file.ts';

export type SandboxContext = Surroundings & {
  temporaryDirectory: string;
  /** Made already by whoever started this process; a new one where left out. */
  runDirectory?: string;
  now: () => number;
  random: () => number;
  log: Log;
  /** Ends the sandbox. */
  signal: AbortSignal;
};

/** A sandbox whose sites answer. */
export type RunningSandbox = {
  status(): Promise<SandboxStatus>;
  /** Ends it; the same as aborting its signal. */
  close(): Promise<void>;
  /** Settles when everything has ended and been removed. */
  readonly closed: Promise<void>;
};

/** What is known of a sandbox before its servers are there. */
type Plan = {
  settings: SandboxSettings;
  context: SandboxContext;
  packageRoot: string;
  runDirectory: string;
  stateDirectory: string | undefined;
  kubeconfig: string;
  /** Things to undo, the last one first. */
  undo: (() => Promise<void>)[];
};

const refuseWhileStarting = (): Promise<never> =>
  Promise.reject(
    new DrError({
      code: 'SandboxStarting',
      message: 'the sandbox is still starting',
      hint: 'try again in a second',
    }),
  );

const unwind = async (undo: (() => Promise<void>)[], log: Log): Promise<void> => {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) {
    await step().catch((thrown: unknown) => log('error', `something could not be ended: ${String(thrown)}`));
  }
};

const openArrays = async (plan: Plan): Promise<ArrayPair> => {
  const { context, settings, stateDirectory } = plan;
  const directory = stateDirectory === undefined ? undefined : join(stateDirectory, 'arrays');
  const saved = directory === undefined ? undefined : await readArrays(directory);
  const pair = createArrayPair({
    sites: siteNames,
    now: context.now,
    random: context.random,
    clockFactor: settings.clockFactor,
    ...(saved !== undefined && { saved }),
  });
  // A site that had failed comes back with a restart.
  for (const site of pair.sites) site.setFrozen(false);
  pair.setLink(true);
  return pair;
};

const siteKubeconfig = ({ runDirectory }: Plan, site: string): string =>
  join(runDirectory, `${site}.kubeconfig`);

/** One file for people with both contexts, and one per site for its own processes. */
const writeKubeconfigs = async (
  plan: Plan,
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

const controllerArgs = (plan: Plan, site: string, peer: string): string[] => [
  controllerScript(plan.packageRoot, import.meta.url.endsWith('.ts')),
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
    ? [`--sync-info-interval=${Math.max(1, Math.round(60 / plan.settings.clockFactor))}s`]
    : []),
];

const makeSite = (
  plan: Plan,
  keeper: RecordKeeper,
  pair: ArrayPair,
  servers: readonly [SiteServer, SiteServer],
  index: 0 | 1,
): Site => {
  const { context, settings, runDirectory } = plan;
  const name = siteNames[index];
  const peer = siteNames[index === 0 ? 1 : 0];
  const controller = settings.controller
    ? createControllerProcess({
        site: name,
        executable: process.execPath,
        args: controllerArgs(plan, name, peer),
        env: context.env,
        logFile: join(runDirectory, `${name}-dr-controller.log`),
        startChild: keeper.startChild,
        log: context.log,
      })
    : undefined;
  return createSite({
    name,
    server: servers[index],
    array: pair.sites[index],
    kubeconfigPath: siteKubeconfig(plan, name),
    socketPath: driverSocket(runDirectory, name),
    controller,
    now: context.now,
    random: context.random,
    log: context.log,
  });
};

/** Brings kinds, controllers and the example into both sites, side by side. */
const populate = async (plan: Plan, sites: readonly [Site, Site], signal: AbortSignal): Promise<void> => {
  const manifests = join(plan.packageRoot, 'manifests');
  await Promise.all(
    sites.map(async (site) => {
      await installDefinitions(site.cluster, manifests, signal);
      await site.start();
      if (plan.settings.example) await installClasses(site.cluster, manifests, signal);
    }),
  );
  if (plan.settings.example) await installClaim(sites[0].cluster, manifests, signal);
};

const bringUp = async (plan: Plan, keeper: RecordKeeper): Promise<Omit<ControlHandlers, 'down'>> => {
  const { context, settings, stateDirectory, undo } = plan;
  const { env, log, now, signal } = context;
  const binaries = settings.embedded ? undefined : findServerBinaries(env);
  const forSite = (site: (typeof siteNames)[number]) =>
    certificatesFor({ site, directory: stateDirectory, now: now() });
  const certificates = await Promise.all([forSite(siteNames[0]), forSite(siteNames[1])]);
  const pair = await openArrays(plan);
  const formerPorts = await readPorts(stateDirectory);
  const { startChild } = keeper;
  const servers = await startServers({
    ...plan,
    binaries,
    formerPorts,
    certificates,
    startChild,
    env,
    now,
    log,
    signal,
  });
  undo.push(async () => {
    await Promise.all(servers.map((server) => server.close()));
  });
  let save = async (): Promise<void> => undefined;
  if (stateDirectory !== undefined) {
    await writePorts(
      stateDirectory,
      servers.map(({ port }) => port),
    );
    const arrays = keepArrays({
      pair,
      directory: join(stateDirectory, 'arrays'),
      onFailure: (message) => log('error', message),
    });
    undo.push(arrays.stop);
    save = arrays.save;
  }
  await writeKubeconfigs(plan, servers, certificates);
  await keeper.update({ sites: siteNames.map((name, index) => ({ name, url: servers[index]?.url ?? '' })) });
  const sites = [makeSite(plan, keeper, pair, servers, 0), makeSite(plan, keeper, pair, servers, 1)] as const;
  undo.push(async () => {
    await Promise.all(sites.map((site) => site.close()));
  });
  await populate(plan, sites, signal);
  return createOperations({
    sites,
    pair,
    facts: {
      pid: process.pid,
      startedAt: keeper.record.startedAt,
      servers: binaries === undefined ? 'embedded' : 'kube-apiserver',
      kubeconfig: plan.kubeconfig,
      runDirectory: plan.runDirectory,
      ...(stateDirectory !== undefined && { stateDirectory }),
      clockFactor: settings.clockFactor,
    },
    save,
  });
};

/**
 * Starts a sandbox in this process and resolves once both sites answer and act. Rejects, with everything undone, with a
 * `DrError` that says which part did not come up.
 */
export const runSandbox = async (
  settings: SandboxSettings,
  context: SandboxContext,
): Promise<RunningSandbox> => {
  const kubeconfig = settings.kubeconfigOut ?? defaultKubeconfig(context);
  await assertKubeconfigIsOurs(kubeconfig);
  const stateDirectory =
    settings.stateDirectory === undefined ? undefined : await openStateDirectory(settings.stateDirectory);
  const runDirectory =
    context.runDirectory ?? (await mkdtemp(join(context.temporaryDirectory, 'kubectl-dr-')));
  const packageRoot = findPackageRoot(import.meta.url);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const plan: Plan = {
    settings,
    context: { ...context, signal },
    packageRoot,
    runDirectory,
    stateDirectory,
    kubeconfig,
    undo: [],
  };
  const ended = Promise.withResolvers<void>();
  let starting: Promise<unknown> = Promise.resolve();
  let ending: Promise<void> | undefined;
  // What is still being started is waited for, so that it is undone as well.
  const close = (): Promise<void> => {
    stop.abort();
    ending ??= starting
      .then(
        () => unwind(plan.undo, context.log),
        () => unwind(plan.undo, context.log),
      )
      .then(() => ended.resolve());
    return ending;
  };
  plan.undo.push(() => rm(runDirectory, { recursive: true, force: true }));
  try {
    const handlers: ControlHandlers = {
      status: refuseWhileStarting,
      fail: refuseWhileStarting,
      heal: refuseWhileStarting,
      link: refuseWhileStarting,
      write: refuseWhileStarting,
      read: refuseWhileStarting,
      down: async () => {
        setImmediate(() => void close());
        return { pid: process.pid };
      },
    };
    const record = await openControl(plan, handlers);
    const keeper = keepRecord(context, record);
    plan.undo.push(async () => {
      await keeper.stop();
      await removeFiles(record, context);
    });
    context.signal.addEventListener('abort', () => void close(), { once: true });
    const operations = bringUp(plan, keeper);
    starting = operations;
    Object.assign(handlers, await operations);
    return { status: () => handlers.status({}), close, closed: ended.promise };
  } catch (thrown) {
    await close();
    throw thrown;
  }
};

/** Opens the control socket and takes the place of the one sandbox. */
const openControl = async (plan: Plan, handlers: ControlHandlers): Promise<SandboxRecord> => {
  const { context, runDirectory, kubeconfig, undo } = plan;
  const controlSocket = join(runDirectory, 'control.sock');
  const control = await startControlServer(controlSocket, handlers);
  undo.push(async () => {
    control.close();
    control.closeAllConnections();
  });
  const record: SandboxRecord = {
    version: 1,
    pid: process.pid,
    startedAt: new Date(context.now()).toISOString(),
    controlSocket,
    runDirectory,
    kubeconfig,
    sites: [],
    children: [],
  };
  await claimSandbox(context, record);
  return record;
};
