#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { connectSites } from '../kube/program/connect-sites.ts';
import { describeFailure } from '../kube/program/describe-failure.ts';
import { createLog } from '../kube/program/log.ts';
import { onceEach } from '../kube/program/once-each.ts';
import { printTo } from '../kube/program/print.ts';
import { keepHeapSmall } from '../kube/program/small-heap.ts';
import { stopOnSignals } from '../kube/program/stop-on-signals.ts';
import { type ControllerFlags, parseFlags } from './flags.ts';
import { runController } from './run.ts';

/** Put in by the build; a run from the sources has none. */
const version = (globalThis as { kubectlDrVersion?: string }).kubectlDrVersion ?? 'development';

const start = async (flags: ControllerFlags): Promise<void> => {
  keepHeapSmall();
  const log = createLog(flags.logLevel);
  const signal = stopOnSignals(process, (name) => log.info({ signal: name }, 'Signal received'));
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
    signal,
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
      print: (text) => printTo(1, text),
    });
    if (flags !== undefined) await start(flags);
    return 0;
  } catch (error) {
    const { text, exitCode } = describeFailure(error);
    process.stderr.write(text);
    return exitCode;
  }
};

process.exit(await main());
