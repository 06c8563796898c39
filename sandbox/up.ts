import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError } from '../core/model/error.ts';
import { assembleSites, openArrays, writeKubeconfigs } from './assemble-sites.ts';
import { assertKubeconfigIsOurs, claimSandbox } from './claim-sandbox.ts';
import type { Log } from './cluster-controllers/runtime/work-queue.ts';
import { type SandboxSettings, type SandboxStatus, siteNames } from './control-protocol.ts';
import { type ControlHandlers, startControlServer } from './control-server.ts';
import { keepArrays } from './keep-arrays.ts';
import { removeFiles } from './leftovers.ts';
import { findPackageRoot } from './package-root.ts';
import { defaultKubeconfig, type SandboxRecord } from './record.ts';
import { keepRecord, type RecordKeeper } from './record-keeper.ts';
import { createOperations } from './sandbox-operations.ts';
import type { SandboxContext, SandboxPlan } from './sandbox-plan.ts';
import { startServers } from './sandbox-servers.ts';
import { freePorts } from './site/free-port.ts';
import { installClaim, installDefinitions, installReplicationClass, installStorage } from './site/install.ts';
import { findServerBinaries } from './site/real-server.ts';
import { removeRegistrations } from './site/registrations.ts';
import type { Site } from './site/site.ts';
import {
  certificatesFor,
  type KeptRun,
  openStateDirectory,
  readFormerRun,
  writeRun,
} from './state-directory.ts';
import type { ArrayPair } from './storage/array-pair.ts';

/** A sandbox whose sites answer. */
export type RunningSandbox = {
  status(): Promise<SandboxStatus>;
  /** Ends it; the same as aborting its signal. */
  close(): Promise<void>;
  /** Settles when everything has ended and been removed. */
  readonly closed: Promise<void>;
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

/** Brings kinds, controllers and the example into both sites, side by side. */
const populate = async (
  plan: SandboxPlan,
  sites: readonly [Site, Site],
  signal: AbortSignal,
): Promise<void> => {
  const manifests = join(plan.packageRoot, 'manifests');
  const { example, webhook } = plan.settings;
  const installExample = async ({ cluster }: Site): Promise<void> => {
    await installStorage(cluster, manifests, signal);
    if (cluster === sites[0].cluster) await installClaim(cluster, manifests, signal);
  };
  await Promise.all(
    sites.map(async (site) => {
      const { cluster } = site;
      if (!webhook) await removeRegistrations(cluster, manifests, signal);
      await installDefinitions(cluster, manifests, signal);
      const storing = example ? installExample(site) : undefined;
      await Promise.all([site.start(signal), storing]);
      if (example) await installReplicationClass(cluster, manifests, signal);
    }),
  );
};

/** With `--state`: remembers this run, and writes the arrays while they change. Answers how to write them at once. */
const keepState = async (
  { stateDirectory, context, undo }: SandboxPlan,
  run: KeptRun,
  pair: ArrayPair,
): Promise<() => Promise<void>> => {
  if (stateDirectory === undefined) return async () => undefined;
  await writeRun(stateDirectory, run);
  const arrays = keepArrays({
    pair,
    directory: join(stateDirectory, 'arrays'),
    onFailure: (message) => context.log('error', message),
  });
  undo.push(arrays.stop);
  return arrays.save;
};

const bringUp = async (plan: SandboxPlan, keeper: RecordKeeper): Promise<Omit<ControlHandlers, 'down'>> => {
  const { context, settings, stateDirectory, undo } = plan;
  const { env, log, now, signal } = context;
  const binaries = settings.embedded ? undefined : findServerBinaries(env);
  const certificates = await Promise.all([
    certificatesFor({ site: siteNames[0], directory: stateDirectory, now: now() }),
    certificatesFor({ site: siteNames[1], directory: stateDirectory, now: now() }),
  ]);
  const pair = await openArrays(plan);
  const kind = binaries === undefined ? 'embedded' : 'kube-apiserver';
  const former = await readFormerRun(stateDirectory, kind);
  const { startChild } = keeper;
  const servers = await startServers({
    ...plan,
    binaries,
    formerPorts: former.ports,
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
  const [first = 0, second = 0] = await freePorts(former.webhookPorts);
  const ports = [servers[0].port, servers[1].port] as const;
  const webhookPorts = [first, second] as const;
  const save = await keepState(plan, { servers: kind, ports, webhookPorts }, pair);
  await writeKubeconfigs(plan, servers, certificates);
  await keeper.update({ sites: siteNames.map((name, index) => ({ name, url: servers[index]?.url ?? '' })) });
  const sites = assembleSites(plan, keeper, pair, servers, webhookPorts);
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
      servers: kind,
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
  const plan: SandboxPlan = {
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
    const wasEnded = signal.aborted;
    await close();
    if (!wasEnded) throw thrown;
    throw new DrError({
      code: 'SandboxEnded',
      message: 'the sandbox was ended while it was starting',
      hint: 'start it again with kubectl dr sandbox up',
      cause: thrown,
    });
  }
};

/** Opens the control socket and takes the place of the one sandbox. */
const openControl = async (plan: SandboxPlan, handlers: ControlHandlers): Promise<SandboxRecord> => {
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
