import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Agent } from 'node:http';
import { DrError, messageOf } from '../core/model/error.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import type { Impersonation, PemSource } from './kubeconfig-entry.ts';

export type TlsMaterial = {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
};

/** What a request shows the server. `tls` keeps its identity as long as connections made with it may be used again. */
export type Credentials = {
  tls: TlsMaterial;
  headers: Readonly<Record<string, string | string[]>>;
  /** A ready agent where connections go through a proxy. */
  agent?: Agent;
};

/** Where credentials come from: once from a file, or again and again from a plugin. */
export type CredentialSource = {
  current(): Promise<Credentials>;
  /** The server refused them (401): ask anew. Answers whether that can change anything. */
  renew(): boolean;
};

/** At once, for small files: `node:fs/promises` takes longer to load than they take to be read. */
const readPem = (source: PemSource | undefined, owner: string, what: string): string | undefined => {
  if (source === undefined) return undefined;
  if ('data' in source) return source.data;
  try {
    return readFileSync(source.file, 'utf8');
  } catch (error) {
    throw new DrError({
      code: 'KubeconfigInvalid',
      message: `${what} of ${owner} cannot be read: ${messageOf(error)}`,
      hint: 'correct the path in the kubeconfig',
      cause: error,
    });
  }
};

/** OpenSSL would name neither the user nor the file. */
const checkPem = (
  text: string | undefined,
  { owner, what, parse }: { owner: string; what: string; parse: (text: string) => unknown },
): void => {
  if (text === undefined) return;
  try {
    parse(text);
  } catch (cause) {
    throw new DrError({
      code: 'KubeconfigInvalid',
      message: `${what} of ${owner} cannot be read: it is no PEM, or a part is missing`,
      hint: 'correct the kubeconfig, or get a new one',
      cause,
    });
  }
};

const parseCertificate = (text: string): unknown => new X509Certificate(text);

/** The part of TLS that belongs to the cluster entry, and the user's certificate where it stands in the file. */
const readTlsMaterial = ({ cluster, user }: ResolvedContext): TlsMaterial => {
  const ca = readPem(cluster.certificateAuthority, `cluster "${cluster.name}"`, 'certificate-authority');
  const owner = `user "${user.name}"`;
  const cert = readPem(user.clientCertificate, owner, 'client-certificate');
  const key = readPem(user.clientKey, owner, 'client-key');
  checkPem(ca, {
    owner: `cluster "${cluster.name}"`,
    what: 'certificate-authority',
    parse: parseCertificate,
  });
  checkPem(cert, { owner, what: 'client-certificate', parse: parseCertificate });
  checkPem(key, { owner, what: 'client-key', parse: createPrivateKey });
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(cluster.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify ? { rejectUnauthorized: false } : {}),
  };
};

/**
 * Impersonation headers; groups and extra values are sent one header line each.
 * Throws `KubeconfigInvalid` for groups without a user: the server would ignore or refuse them.
 */
export const impersonationHeaders = (as: Impersonation): Record<string, string | string[]> => {
  const extra = Object.entries(as.extra);
  if (as.user === undefined) {
    if (as.uid === undefined && as.groups.length === 0 && extra.length === 0) return {};
    throw new DrError({
      code: 'KubeconfigInvalid',
      message: 'groups, a uid or extra values are to be impersonated, but no user',
      hint: 'name the user with --as',
    });
  }
  return {
    'Impersonate-User': as.user,
    ...(as.uid === undefined ? {} : { 'Impersonate-Uid': as.uid }),
    ...(as.groups.length === 0 ? {} : { 'Impersonate-Group': [...as.groups] }),
    ...Object.fromEntries(
      extra.map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, [...values]]),
    ),
  };
};

/** A token file is read again after a minute, as client-go does: kubelet rotates it. */
const tokenFileLifetimeMs = 60_000;

const readToken = (file: string, user: string): string =>
  readPem({ file }, `user "${user}"`, 'tokenFile')?.trim() ?? '';

const basic = (username: string, password: string | undefined): string =>
  `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;

/** Credentials that stand in the kubeconfig or in files it names; nothing is started, no library loaded. */
export const fileCredentials = (resolved: ResolvedContext, now: () => number): CredentialSource => {
  const { user } = resolved;
  let tls: TlsMaterial | undefined;
  let token: { readAt: number; header: string } | undefined;
  const tokenHeader = (file: string): string => {
    if (token === undefined || now() - token.readAt > tokenFileLifetimeMs) {
      token = { readAt: now(), header: `Bearer ${readToken(file, user.name)}` };
    }
    return token.header;
  };
  const authorization = (): string | undefined => {
    if (user.tokenFile !== undefined) return tokenHeader(user.tokenFile);
    if (user.token !== undefined) return `Bearer ${user.token}`;
    return user.username === undefined ? undefined : basic(user.username, user.password);
  };
  return {
    current: async () => {
      tls ??= readTlsMaterial(resolved);
      const header = authorization();
      return { tls, headers: header === undefined ? {} : { Authorization: header } };
    },
    renew: () => {
      const renewable = token !== undefined;
      token = undefined;
      return renewable;
    },
  };
};

/** When the client certificate ran out, as ISO time; undefined where it did not, or there is none. */
export const expiredSince = (tls: TlsMaterial, now: number): string | undefined => {
  if (tls.cert === undefined) return undefined;
  try {
    const until = Date.parse(new X509Certificate(tls.cert).validTo);
    return until < now ? new Date(until).toISOString() : undefined;
  } catch {
    return undefined;
  }
};
