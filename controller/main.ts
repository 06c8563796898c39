#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { DrError, messageOf } from '../core/model/error.ts';
import { connectSites } from '../kube/program/connect-sites.ts';
import { createLog } from '../kube/program/log.ts';
import { onceEach } from '../kube/program/once-each.ts';
import { keepHeapSmall } from '../kube/program/small-heap.ts';
import { type ControllerFlags, parseFlags } from './flags.ts';
import { runController } from './run.ts';

/** Put in by the build; a run from the sources has none. */
const version = (globalThis as { kubectlDrVersion?: string }).kubectlDrVersion ?? 'development';

const fail = (error: unknown): number => {
  const hint = error instanceof DrError && error.hint !== undefined ? `; ${error.hint}` : '';
  process.stderr.write(`error: ${messageOf(error)}${hint}\n`);
  return error instanceof DrError && error.code === 'FlagInvalid' ? 2 : 1;
};

const start = async (flags: ControllerFlags): Promise<void> => {
  keepHeapSmall();
  const log = createLog(flags.logLevel);
  const stopping = new AbortController();
  const stop = (name: string): void => {
    // A second signal does not wait.
    if (stopping.signal.aborted) process.exit(1);
    log.info({ signal: name }, 'Signal received');
    stopping.abort();
  };
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop(name));
  const { cluster, peer } = connectSites(flags, process.env, {
    userAgent: `dr-controller/${version}`,
    onWarning: onceEach((text) => log.warn({ warning: text }, 'API server warned')),
  });
  log.info(
    { driver: flags.driverName, address: flags.csiAddonsAddress, cluster: cluster.name, peer: peer?.name },
    'Starting',
  );
  await runController({
    flags,
    cluster,
    peer,
    identity: `${hostname()}_${randomUUID()}`,
    signal: stopping.signal,
    now: Date.now,
    random: Math.random,
    log,
  });
  log.info({}, 'Stopped');
};

const main = async (): Promise<number> => {
  try {
    const flags = await parseFlags(process.argv.slice(2), {
      version,
      print: (text) => void process.stdout.write(text),
    });
    if (flags !== undefined) await start(flags);
    return 0;
  } catch (error) {
    return fail(error);
  }
};

process.exit(await main());
