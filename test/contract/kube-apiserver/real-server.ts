import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  makeAdminCertificate,
  makeAuthority,
  makeServerCertificate,
  makeSigningKey,
} from './certificates.ts';
import { createHttpsClient } from './https-client.ts';
import type { Target } from './target.ts';
import { until } from './until.ts';

/** Where etcd and kube-apiserver are; undefined where this machine has none. */
export const findRealServer = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  [env['KUBEBUILDER_ASSETS'], '/usr/local/kubebuilder/bin'].find(
    (directory) =>
      directory !== undefined &&
      ['etcd', 'kube-apiserver'].every((file) => existsSync(join(directory, file))),
  );

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const start = (program: string, flags: Record<string, string>, log: string): ChildProcess => {
  const file = openSync(log, 'w');
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  return spawn(program, args, { stdio: ['ignore', file, file] });
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(timer);
};

/** Starts etcd and kube-apiserver from a directory, in a directory of their own that `stop` removes. */
export const startRealServer = async (binaries: string): Promise<Target> => {
  const directory = mkdtempSync(join(tmpdir(), 'contract-'));
  const keep = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const authority = makeAuthority();
  const server = makeServerCertificate(authority);
  const admin = makeAdminCertificate(authority);
  const [clientPort, peerPort, securePort] = [await freePort(), await freePort(), await freePort()];
  const signingKey = keep('sa.key', makeSigningKey());
  const etcd = start(
    join(binaries, 'etcd'),
    {
      'data-dir': join(directory, 'etcd'),
      'listen-client-urls': `http://127.0.0.1:${clientPort}`,
      'advertise-client-urls': `http://127.0.0.1:${clientPort}`,
      'listen-peer-urls': `http://127.0.0.1:${peerPort}`,
      'initial-advertise-peer-urls': `http://127.0.0.1:${peerPort}`,
      'initial-cluster': `default=http://127.0.0.1:${peerPort}`,
      'unsafe-no-fsync': 'true',
    },
    join(directory, 'etcd.log'),
  );
  const apiServer = start(
    join(binaries, 'kube-apiserver'),
    {
      'etcd-servers': `http://127.0.0.1:${clientPort}`,
      'bind-address': '127.0.0.1',
      'advertise-address': '127.0.0.1',
      'secure-port': String(securePort),
      'tls-cert-file': keep('server.crt', server.cert),
      'tls-private-key-file': keep('server.key', server.key),
      'client-ca-file': keep('ca.crt', authority.cert),
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-signing-key-file': signingKey,
      'service-account-key-file': signingKey,
      'service-cluster-ip-range': '10.0.0.0/24',
      'authorization-mode': 'RBAC',
      // Nobody makes service accounts here, and pods would wait for theirs.
      'disable-admission-plugins': 'ServiceAccount',
      'endpoint-reconciler-type': 'none',
    },
    join(directory, 'kube-apiserver.log'),
  );
  const access = { url: `https://127.0.0.1:${securePort}`, ca: authority.cert, ...admin };
  const client = createHttpsClient(access);
  await until('kube-apiserver is ready', 60_000, async () => {
    const answer = await client.send({ method: 'GET', path: '/readyz' }).catch(() => undefined);
    return answer?.status === 200;
  });
  client.close();
  return {
    access,
    isEmbedded: false,
    stop: async () => {
      await end(apiServer);
      await end(etcd);
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
