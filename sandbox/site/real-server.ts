import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DrError } from '../../core/model/error.ts';
import type { Child } from '../child-process.ts';
import { assertPortIsFree, freePorts, host } from './free-port.ts';
import { isReady } from './is-ready.ts';
import { apiServerArgs, etcdArgs, type RealServerOptions, writeCertificates } from './real-server-flags.ts';
import type { SiteServer } from './site-server.ts';

/** Directory with etcd and kube-apiserver: `KUBEBUILDER_ASSETS`, else the usual place; undefined where one is missing. */
export const findServerBinaries = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const places = [env['KUBEBUILDER_ASSETS'], '/usr/local/kubebuilder/bin'];
  return places.find(
    (place) => place && ['etcd', 'kube-apiserver'].every((name) => existsSync(join(place, name))),
  );
};

const readyWithinMs = 60_000;
const stopGraceMs = 5_000;

const lastLines = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-1).join('').slice(0, 300);
};

/** Waits until the server answers; says what its log ends with when it does not. */
const awaitReady = async (
  children: readonly Child[],
  port: number,
  logFile: string,
  options: RealServerOptions,
): Promise<void> => {
  const { ca, clientCert: cert, clientKey: key } = options.certificates;
  let isGone = false;
  void Promise.race(children.map(({ exited }) => exited)).then(() => {
    isGone = true;
  });
  for (let waited = 0; waited < readyWithinMs; waited += 50) {
    options.signal.throwIfAborted();
    if (await isReady({ port, ca, cert, key })) return;
    if (isGone) break;
    await delay(50, undefined, { signal: options.signal });
  }
  throw new DrError({
    code: 'ServerNotReady',
    message: `the kube-apiserver of ${options.site} did not become ready: ${await lastLines(logFile)}`,
    hint: `see ${logFile}, or use --embedded`,
  });
};

/** Starts etcd and kube-apiserver as children: one pair per site. */
export const startRealServer = async (options: RealServerOptions): Promise<SiteServer> => {
  const { binaries, directory, env, site, startChild } = options;
  if (options.port !== 0) await assertPortIsFree(options.port);
  const port = options.port === 0 ? ((await freePorts([0]))[0] ?? 0) : options.port;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeCertificates(directory, options.certificates);
  const log = (name: string): string => join(options.logDirectory, `${site}-${name}.log`);
  const etcd = await startChild({
    command: join(binaries, 'etcd'),
    args: etcdArgs(options),
    env,
    logFile: log('etcd'),
  });
  const startApiServer = async (): Promise<Child> => {
    const logFile = log('kube-apiserver');
    const args = apiServerArgs(options, port);
    const child = await startChild({ command: join(binaries, 'kube-apiserver'), args, env, logFile });
    await awaitReady([child, etcd], port, logFile, options).catch(async (thrown) => {
      await child.stop(0);
      throw thrown;
    });
    return child;
  };
  let apiServer = await startApiServer().catch(async (thrown) => {
    await etcd.stop(0);
    throw thrown;
  });
  let state: 'up' | 'stopped' | 'hanging' = 'up';

  return {
    port,
    url: `https://${host}:${port}`,
    fail: async (how) => {
      if (how === 'hang') {
        apiServer.signal('SIGSTOP');
        state = 'hanging';
        return;
      }
      // As a power failure: nothing is said to clients.
      apiServer.signal('SIGKILL');
      await apiServer.exited;
      state = 'stopped';
    },
    heal: async () => {
      if (state === 'hanging') apiServer.signal('SIGCONT');
      if (state === 'stopped') apiServer = await startApiServer();
      state = 'up';
    },
    close: async () => {
      await apiServer.stop(stopGraceMs);
      await etcd.stop(stopGraceMs);
    },
  };
};
