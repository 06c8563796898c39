#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { DrError, messageOf } from '../core/model/error.ts';
import { connectClusters } from './clusters.ts';
import { type ControllerFlags, parseFlags } from './flags.ts';
import { createLog } from './log.ts';
import { runController } from './run.ts';

/** Put in by the build; a run from the sources has none. */
const version = (globalThis as { kubectlDrVersion?: string }).kubectlDrVersion ?? 'development';

const fail = (error: unknown): number => {
  const hint = error instanceof DrError && error.hint !== undefined ? `; ${error.hint}` : '';
  process.stderr.write(`error: ${messageOf(error)}${hint}\n`);
  return error instanceof DrError && error.code === 'FlagInvalid' ? 2 : 1;
};

/** The server repeats its warnings at every write. */
const onceEach = (tell: (text: string) => void): ((text: string) => void) => {
  const told = new Set<string>();
  return (text) => {
    if (told.size < 100 && !told.has(text)) tell(text);
    told.add(text);
  };
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
  const { cluster, peer } = connectClusters(flags, process.env, {
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

/**
 * The heap grows in small steps: by default V8 lets it double between two collections, and ten thousand volumes then take
 * 350 MB instead of 200 MB. It has to be set before the first list comes in.
 */
const keepHeapSmall = (): void => {
  setFlagsFromString('--heap-growing-percent=40');
  setFlagsFromString('--max-semi-space-size=8');
  setFlagsFromString('--semi-space-growth-factor=1');
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
