import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import { type Ended, runCommand } from '../e2e/running-sandbox.ts';
import { kubeconfigFor } from '../kube/embedded-cluster.ts';
import { installCrds } from './kube-apiserver/crds.ts';
import { createHttpsClient } from './kube-apiserver/https-client.ts';
import { findRealServer, startRealServer } from './kube-apiserver/real-server.ts';

/** Where etcd and kube-apiserver are; undefined where this machine has none. */
export const realServer = findRealServer(process.env);

/** A file or directory in manifests/. */
export const manifest = (path: string): string =>
  fileURLToPath(new URL(`../../manifests/${path}`, import.meta.url));

/** A real kube-apiserver with RBAC and the replication CRDs, kubectl as its administrator, and connections as service accounts. */
export type ManifestServer = {
  /** The administrator. */
  cluster: Cluster;
  kubectl(...words: string[]): Promise<Ended>;
  /** Another connection of a service account, with the groups that API servers give it. */
  as(namespace: string, account: string): Cluster;
  /** What `kubectl auth can-i` answers a service account. */
  canI(who: { namespace: string; account: string }, ...words: string[]): Promise<string>;
  stop(): Promise<void>;
};

/** Starts one; it needs `realServer` and kubectl. */
export const startManifestServer = async (): Promise<ManifestServer> => {
  const target = await startRealServer(realServer ?? '');
  const { url, ca, cert, key } = target.access;
  const client = createHttpsClient(target.access);
  await installCrds(client);
  client.close();
  const kubeconfig = kubeconfigFor(url, { ca, clientCert: cert, clientKey: key });
  const home = mkdtempSync(join(tmpdir(), 'drw-'));
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const file = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'site',
    contexts: [{ name: 'site', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: 'u', user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
  };
  writeFileSync(join(home, 'config'), stringify(file), { mode: 0o600 });
  const cluster = connect({ kubeconfig });
  const connections = [cluster];
  const kubectl = (...words: string[]) =>
    runCommand('kubectl', ['--kubeconfig', join(home, 'config'), ...words], {
      env: { ...process.env, HOME: home },
    });
  const userOf = (namespace: string, account: string) => `system:serviceaccount:${namespace}:${account}`;
  const groupsOf = (namespace: string) => [
    'system:serviceaccounts',
    `system:serviceaccounts:${namespace}`,
    'system:authenticated',
  ];
  return {
    cluster,
    kubectl,
    as: (namespace, account) => {
      const user = userOf(namespace, account);
      const made = connect({ kubeconfig, impersonate: { user, groups: groupsOf(namespace) } });
      connections.push(made);
      return made;
    },
    canI: async ({ namespace, account }, ...words) => {
      const as = [
        `--as=${userOf(namespace, account)}`,
        ...groupsOf(namespace).map((one) => `--as-group=${one}`),
      ];
      const { stdout } = await kubectl('auth', 'can-i', ...words, ...as);
      return stdout.trim();
    },
    stop: async () => {
      for (const connection of connections) connection.close();
      await target.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
};
