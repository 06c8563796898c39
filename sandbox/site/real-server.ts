import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DrError } from '../../core/model/error.ts';
import type { SiteCertificates } from '../certificates.ts';
import type { Child } from '../child-process.ts';
import {
  apiServerArgs,
  etcdArgs,
  host,
  type RealServerOptions,
  writeCertificates,
} from './real-server-flags.ts';
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

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const assertPortIsFree = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new DrError({
              code: 'PortInUse',
              message: `port ${port} on ${host} is in use`,
              hint: 'choose another port, or end the process that holds it',
              cause,
            })
          : cause,
      ),
    );
    probe.listen(port, host, () => probe.close(() => resolve()));
  });

const isReady = (port: number, { ca, clientCert, clientKey }: SiteCertificates): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = request(
      { host, port, path: '/readyz', ca, cert: clientCert, key: clientKey, timeout: 2_000, agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    probe.once('timeout', () => probe.destroy());
    probe.once('error', () => resolve(false));
    probe.end();
  });

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
  let isGone = false;
  void Promise.race(children.map(({ exited }) => exited)).then(() => {
    isGone = true;
  });
  for (let waited = 0; waited < readyWithinMs; waited += 50) {
    options.signal.throwIfAborted();
    if (await isReady(port, options.certificates)) return;
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
  const port = options.port === 0 ? await freePort() : options.port;
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
