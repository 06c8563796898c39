import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { type ConnectOptions, connect } from '../../kube/connect.ts';
import type { Kubeconfig } from '../../kube/kubeconfig.ts';
import { builtInKinds } from '../../sandbox/api-server/kinds/built-in.ts';
import { type ApiServer, startApiServer } from '../../sandbox/api-server/server.ts';
import { makeSiteCertificates, type SiteCertificates } from '../../sandbox/certificates.ts';

const certificates = await makeSiteCertificates({ site: 'test', now: Date.now() });

/** A kubeconfig of one context, as if it had been read from a file. */
export const kubeconfigFor = (
  url: string,
  { ca, clientCert, clientKey }: Pick<SiteCertificates, 'ca' | 'clientCert' | 'clientKey'> = certificates,
  changes: {
    user?: Partial<Kubeconfig['users'][number]>;
    cluster?: Partial<Kubeconfig['clusters'][number]>;
  } = {},
): Kubeconfig => ({
  files: ['test'],
  currentContext: 'site',
  contexts: [{ name: 'site', cluster: 'c', user: 'u', namespace: undefined, extensions: [] }],
  clusters: [
    {
      name: 'c',
      server: url,
      tlsServerName: undefined,
      insecureSkipTlsVerify: false,
      certificateAuthority: { data: ca },
      proxyUrl: undefined,
      disableCompression: false,
      extensions: [],
      ...changes.cluster,
    },
  ],
  users: [
    {
      name: 'u',
      directory: '',
      clientCertificate: { data: clientCert },
      clientKey: { data: clientKey },
      token: undefined,
      tokenFile: undefined,
      username: undefined,
      password: undefined,
      impersonate: { user: undefined, uid: undefined, groups: [], extra: {} },
      exec: undefined,
      authProvider: undefined,
      ...changes.user,
    },
  ],
});

export type EmbeddedCluster = {
  cluster: Cluster;
  server: ApiServer;
  certificates: SiteCertificates;
  /** Another connection to the same server. */
  connectAgain(options?: Partial<ConnectOptions>): Cluster;
  close(): Promise<void>;
};

/** The sandbox's API server on a free port, and a connection to it. */
export const startEmbeddedCluster = async (
  options: { historyWindow?: number } = {},
): Promise<EmbeddedCluster> => {
  const server = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    tls: { cert: certificates.serverCert, key: certificates.serverKey },
    clientCa: certificates.ca,
    tokenKey: certificates.serviceAccountKey,
    kinds: builtInKinds,
    now: Date.now,
    log: () => undefined,
    ...options,
  });
  const connections: Cluster[] = [];
  const connectAgain = (more: Partial<ConnectOptions> = {}): Cluster => {
    const made = connect({ kubeconfig: kubeconfigFor(server.url), ...more });
    connections.push(made);
    return made;
  };
  return {
    cluster: connectAgain(),
    server,
    certificates,
    connectAgain,
    close: async () => {
      for (const connection of connections) connection.close();
      await server.close();
    },
  };
};

const manifests = new URL('../../manifests/crds/', import.meta.url);

/** Creates the product's CRDs and waits until their kinds are served. */
export const installCrds = async (cluster: Cluster): Promise<void> => {
  for (const file of readdirSync(manifests).filter((name) => name.endsWith('.yaml'))) {
    const definition: KubernetesObject = parse(readFileSync(new URL(file, manifests), 'utf8'));
    await cluster.create(resources.customResourceDefinitions, definition);
  }
  const listed = (): Promise<unknown> => cluster.list(resources.volumeReplications);
  await eventually(async () => {
    await listed();
  });
};

/** Tries again until the assertion holds; fails with its last error after the time. */
export const eventually = async (assertion: () => unknown, timeoutMs = 10_000): Promise<void> => {
  const until = Date.now() + timeoutMs;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
};
