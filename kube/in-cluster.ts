import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { DrError } from '../core/model/error.ts';
import type { Kubeconfig } from './kubeconfig.ts';

const defaultRoot = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The configuration a pod runs with: its service account's token, CA and namespace, as one context `in-cluster`.
 * Throws `NotInCluster` outside of a pod.
 */
export const inClusterKubeconfig = (options: {
  env: Readonly<Record<string, string | undefined>>;
  /** Where the service account is mounted. */
  root?: string;
}): Kubeconfig => {
  const root = options.root ?? defaultRoot;
  const host = options.env['KUBERNETES_SERVICE_HOST'];
  const port = options.env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port || !existsSync(`${root}/token`)) {
    throw new DrError({
      code: 'NotInCluster',
      message: 'this is no pod with a service account, and no kubeconfig was given',
      hint: 'name one with --kubeconfig',
    });
  }
  const namespaceFile = `${root}/namespace`;
  return {
    files: [],
    currentContext: 'in-cluster',
    contexts: [
      {
        name: 'in-cluster',
        cluster: 'in-cluster',
        user: 'service-account',
        namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : undefined,
        extensions: [],
      },
    ],
    clusters: [
      {
        name: 'in-cluster',
        server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
        tlsServerName: undefined,
        insecureSkipTlsVerify: false,
        certificateAuthority: { file: `${root}/ca.crt` },
        proxyUrl: undefined,
        disableCompression: false,
        extensions: [],
      },
    ],
    users: [
      {
        name: 'service-account',
        directory: root,
        clientCertificate: undefined,
        clientKey: undefined,
        token: undefined,
        tokenFile: `${root}/token`,
        username: undefined,
        password: undefined,
        impersonate: { user: undefined, uid: undefined, groups: [], extra: {} },
        exec: undefined,
        authProvider: undefined,
      },
    ],
  };
};
