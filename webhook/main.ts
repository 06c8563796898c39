#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { printableLine } from '../core/printable.ts';
import type { Cluster } from '../kube/cluster.ts';
import { connectSites } from '../kube/program/connect-sites.ts';
import { describeFailure } from '../kube/program/describe-failure.ts';
import { createLog, type ProgramLog } from '../kube/program/log.ts';
import { onceEach } from '../kube/program/once-each.ts';
import { printTo } from '../kube/program/print.ts';
import { keepHeapSmall } from '../kube/program/small-heap.ts';
import { stopOnSignals } from '../kube/program/stop-on-signals.ts';
import {
  parseCommand,
  type RegisterFlags,
  type ServeFlags,
  type UnregisterFlags,
  type WebhookCommand,
} from './flags.ts';
import { askedClassName } from './registration/ask-guard.ts';
import { register, unregister } from './registration/register.ts';
import { runWebhook } from './run.ts';

/** Put in by the build; a run from the sources has none. */
const version = (globalThis as { kubectlDrVersion?: string }).kubectlDrVersion ?? 'development';
const userAgent = `dr-webhook/${version}`;

const print = (text: string): void => printTo(1, text);

const serve = async (flags: ServeFlags): Promise<void> => {
  keepHeapSmall();
  const log: ProgramLog = createLog(flags.logLevel);
  const signal = stopOnSignals(process, (name) => log.info({ signal: name }, 'Signal received'));
  const { cluster, peer } = connectSites(flags, process.env, {
    userAgent,
    onWarning: onceEach((text) => log.warn({ warning: text }, 'API server warned')),
  });
  log.info({ version, cluster: cluster.name, peer: peer?.name }, 'Starting');
  await runWebhook({
    flags,
    cluster,
    peer,
    identity: `${hostname()}_${randomUUID()}`,
    signal,
    now: Date.now,
    random: Math.random,
    log,
  });
  log.info({}, 'Stopped');
};

const withCluster = async (
  flags: Pick<ServeFlags, 'kubeconfig' | 'context'>,
  work: (cluster: Cluster, signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const signal = stopOnSignals(process, () => undefined);
  const { cluster } = connectSites(
    { ...flags, peerKubeconfig: undefined, peerContext: undefined },
    process.env,
    {
      userAgent,
      onWarning: onceEach((text) => {
        if (!text.includes(askedClassName)) printTo(2, `Warning: ${printableLine(text)}\n`);
      }),
    },
  );
  try {
    await work(cluster, signal);
  } finally {
    cluster.close();
  }
};

const suffixOf = (dryRun: boolean): string => (dryRun ? ' (dry run)' : '');

const runRegister = (flags: RegisterFlags): Promise<void> =>
  withCluster(flags, async (cluster, signal) => {
    const objects = await register(cluster, { ...flags, signal, now: Date.now });
    for (const { kind, metadata } of objects) {
      print(`${kind} ${metadata.name} registered${suffixOf(flags.dryRun)}\n`);
    }
  });

const runUnregister = (flags: UnregisterFlags): Promise<void> =>
  withCluster(flags, async (cluster, signal) => {
    const { removed } = await unregister(cluster, { signal, dryRun: flags.dryRun });
    for (const name of removed) print(`${name} removed${suffixOf(flags.dryRun)}\n`);
    if (removed.length === 0) print('nothing is registered\n');
  });

const run = (command: WebhookCommand): Promise<void> => {
  switch (command.command) {
    case 'serve':
      return serve(command.flags);
    case 'register':
      return runRegister(command.flags);
    case 'unregister':
      return runUnregister(command.flags);
  }
};

const main = async (): Promise<number> => {
  try {
    const command = await parseCommand(process.argv.slice(2), { version, print });
    if (command !== undefined) await run(command);
    return 0;
  } catch (error) {
    const { text, exitCode } = describeFailure(error);
    process.stderr.write(text);
    return exitCode;
  }
};

process.exit(await main());
