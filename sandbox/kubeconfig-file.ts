import { stringify } from 'yaml';
import type { SiteCertificates } from './certificates.ts';

/** One site as a kubeconfig shows it. */
export type KubeconfigSite = { name: string; url: string; certificates: SiteCertificates };

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** By this extension of a context `kubectl dr` finds the other site. */
const peerExtension = (peer: string) => ({
  name: 'kubectl-dr.dev/peer',
  extension: { context: peer },
});

/** The first line of a kubeconfig that a sandbox wrote: only such a file is replaced or removed. */
export const kubeconfigMark = '# Written by kubectl dr sandbox, and removed when it ends.\n';

/** Parsers read quoted text at once and plain text letter by letter, which takes long for certificates; nothing is folded. */
const quoted = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 } as const;

/** A kubeconfig with a context, a cluster and a user per site; the first site's context is the current one. */
export const kubeconfigText = (sites: readonly KubeconfigSite[]): string =>
  kubeconfigMark +
  stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': sites[0]?.name ?? '',
      clusters: sites.map(({ name, url, certificates }) => ({
        name,
        cluster: { server: url, 'certificate-authority-data': base64(certificates.ca) },
      })),
      users: sites.map(({ name, certificates }) => ({
        name: `${name}-admin`,
        user: {
          'client-certificate-data': base64(certificates.clientCert),
          'client-key-data': base64(certificates.clientKey),
        },
      })),
      contexts: sites.map(({ name }) => ({
        name,
        context: {
          cluster: name,
          user: `${name}-admin`,
          namespace: 'default',
          extensions: sites.filter((other) => other.name !== name).map((other) => peerExtension(other.name)),
        },
      })),
    },
    quoted,
  );
