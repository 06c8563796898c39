import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DrError } from '../../core/model/error.ts';
import type { SiteCertificates } from '../certificates.ts';
import type { Child, StartChild } from '../child-process.ts';
import { writePrivateFile } from '../write-file.ts';
import type { SiteServer, SiteServerOptions } from './site-server.ts';

/** Directory with etcd and kube-apiserver: `KUBEBUILDER_ASSETS`, else the usual place; undefined where one is missing. */
export const findServerBinaries = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const places = [env['KUBEBUILDER_ASSETS'], '/usr/local/kubebuilder/bin'];
  return places.find(
    (place) => place && ['etcd', 'kube-apiserver'].every((name) => existsSync(join(place, name))),
  );
};

export type RealServerOptions = SiteServerOptions & {
  /** From `findServerBinaries`. */
  binaries: string;
  /** Where sockets are made; short, because a socket's path may hold some 100 characters only. */
  socketDirectory: string;
  logDirectory: string;
  startChild: StartChild;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
};

const host = '127.0.0.1';
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

const writeCertificates = async (directory: string, certificates: SiteCertificates): Promise<void> => {
  const files: [string, string][] = [
    ['ca.crt', certificates.ca],
    ['server.crt', certificates.serverCert],
    ['server.key', certificates.serverKey],
    ['service-account.key', certificates.serviceAccountKey],
    ['service-account.pub', certificates.serviceAccountPublicKey],
  ];
  await Promise.all(files.map(([name, text]) => writePrivateFile(join(directory, name), text)));
};

/** The only member talks to itself alone, so its addresses are names that nobody ever dials. */
const nobodysUrl = 'http://127.0.0.1:1';

/** Unix sockets in a private directory: over TCP, every user of the machine could read and write all of a site. */
const etcdArgs = (options: RealServerOptions): string[] => [
  `--data-dir=${join(options.directory, 'etcd')}`,
  `--listen-client-urls=unix://${etcdSocket(options)}`,
  `--advertise-client-urls=${nobodysUrl}`,
  `--listen-peer-urls=unix://${join(options.socketDirectory, `${options.site}-etcd-peer.sock`)}`,
  `--initial-advertise-peer-urls=${nobodysUrl}`,
  `--initial-cluster=default=${nobodysUrl}`,
  '--log-level=warn',
  ...(options.keepsState ? [] : ['--unsafe-no-fsync']),
];

const etcdSocket = ({ socketDirectory, site }: RealServerOptions): string =>
  join(socketDirectory, `${site}-etcd.sock`);

const apiServerArgs = (options: RealServerOptions, port: number): string[] => {
  const file = (name: string): string => join(options.directory, name);
  return [
    `--etcd-servers=unix://${etcdSocket(options)}`,
    `--bind-address=${host}`,
    `--advertise-address=${host}`,
    `--secure-port=${port}`,
    `--cert-dir=${options.directory}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--tls-cert-file=${file('server.crt')}`,
    `--tls-private-key-file=${file('server.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${file('service-account.key')}`,
    `--service-account-key-file=${file('service-account.pub')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    // Nobody makes service accounts here, so pods must do without.
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
    '--shutdown-delay-duration=0s',
  ];
};

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
