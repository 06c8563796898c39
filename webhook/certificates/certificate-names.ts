import { isIP } from 'node:net';
import { DrError } from '../../core/model/error.ts';

/** The names by which callers reach the webhook, sorted and each once. */
export type CertificateNames = { readonly dns: readonly string[]; readonly ip: readonly string[] };

/** How an API server finds the webhook; one of both at least. */
export type Reach = {
  readonly service?: { readonly namespace: string; readonly name: string } | undefined;
  /** `https://host[:port]`, as it is given to `register --url`. */
  readonly url?: string | undefined;
};

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

const hostOf = (url: string): string => {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : '';
  if (host !== '') return host;
  throw new DrError({
    code: 'FlagInvalid',
    message: `--url: "${url}" names no host`,
    hint: 'give it as https://host:port',
  });
};

/**
 * The names a certificate must carry: `name.namespace.svc` is what an API server asks a Service for, the others are what people and
 * probes inside of the cluster call it. Throws `FlagInvalid` for a URL without a host.
 */
export const certificateNames = ({ service, url }: Reach): CertificateNames => {
  const host = url === undefined ? [] : [hostOf(url)];
  const { namespace = '', name = '' } = service ?? {};
  const inCluster =
    service === undefined
      ? []
      : [`${name}.${namespace}.svc`, `${name}.${namespace}`, `${name}.${namespace}.svc.cluster.local`];
  return {
    dns: sorted([...inCluster, ...host.filter((entry) => isIP(entry) === 0)]),
    ip: sorted(host.filter((entry) => isIP(entry) !== 0)),
  };
};
