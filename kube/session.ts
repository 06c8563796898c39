import type { Readable } from 'node:stream';
import { DrError } from '../core/model/error.ts';
import { failureOf, warningsOf } from './api-answer.ts';
import type { ApiError } from './api-error.ts';
import type { RequestOptions } from './cluster.ts';
import {
  type CredentialSource,
  type Credentials,
  expiredSince,
  fileCredentials,
  impersonationHeaders,
} from './credentials.ts';
import { createHttpClient, type HttpAnswer } from './http-client.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import type { Impersonation } from './kubeconfig-entry.ts';
import { proxyFromEnvironment } from './proxy.ts';
import { withRetries } from './retry.ts';

/** How requests to one cluster are made. */
export type SessionOptions = {
  /** Milliseconds for a request with all its repetitions; 30 s where left out, 0 for no limit. */
  requestTimeoutMs?: number | undefined;
  /** `--as`, `--as-uid`, `--as-group`: instead of what the kubeconfig says. */
  impersonate?: Partial<Impersonation> | undefined;
  /** Gets the text of each Warning header. */
  onWarning?: ((text: string) => void) | undefined;
  /** Hears of each request that is sent, repetitions and watches among them. */
  onRequest?: (() => void) | undefined;
  userAgent?: string | undefined;
  /** Connections for requests at a time; watches have their own. */
  maxSockets?: number | undefined;
  /** For `HTTPS_PROXY` and `NO_PROXY`; no proxy from the environment where left out. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  now?: (() => number) | undefined;
  random?: (() => number) | undefined;
};

const defaultTimeoutMs = 30_000;
/** Node's timers go no further; "no limit" ends in 24 days. */
const noLimitMs = 2 ** 31 - 1;

/** One request. */
export type Call = {
  method: string;
  path: string;
  body?: unknown;
  contentType?: string;
  /** The `Accept` header, where it is not plain JSON. */
  accept?: string | undefined;
  options?: RequestOptions | undefined;
};

/** What the methods of a cluster share. */
export type Session = {
  /** Sends, repeats where that is right, and answers the text of a success. */
  call(call: Call): Promise<string>;
  stream(path: string, signal: AbortSignal): Promise<HttpAnswer<Readable>>;
  close(): void;
};

const serverUrl = ({ cluster }: ResolvedContext): URL => {
  const text = cluster.server.includes('://') ? cluster.server : `https://${cluster.server}`;
  try {
    const url = new URL(text);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  } catch {
    // Said below, in one way for both.
  }
  throw new DrError({
    code: 'KubeconfigInvalid',
    message: `server ${cluster.server} of cluster "${cluster.name}" is no http or https address`,
    hint: 'correct the kubeconfig',
  });
};

/** Loaded lazily: the library behind it costs more time than the request. */
const lazyPluginCredentials = (
  resolved: ResolvedContext,
  options: { proxyUrl: string | undefined; maxSockets: number; now: () => number },
): CredentialSource => {
  let source: Promise<CredentialSource> | undefined;
  let loaded: CredentialSource | undefined;
  return {
    current: async () => {
      source ??= import('./credential-plugins.ts').then((plugins) =>
        plugins.pluginCredentials(resolved, options),
      );
      loaded = await source;
      return loaded.current();
    },
    renew: () => loaded?.renew() ?? false,
  };
};

const credentialSource = (
  resolved: ResolvedContext,
  options: { server: URL; env: SessionOptions['env']; maxSockets: number; now: () => number },
): CredentialSource => {
  const { server, env = {}, maxSockets, now } = options;
  const proxyUrl = resolved.cluster.proxyUrl ?? proxyFromEnvironment(server, env);
  const needsPlugin =
    proxyUrl !== undefined || resolved.user.exec !== undefined || resolved.user.authProvider !== undefined;
  return needsPlugin
    ? lazyPluginCredentials(resolved, { proxyUrl, maxSockets, now })
    : fileCredentials(resolved, now);
};

/** Requests with credentials, time limit and repetitions to the cluster of a context; `name` is the site's in messages. */
export const createSession = (resolved: ResolvedContext, options: SessionOptions, name: string): Session => {
  const {
    requestTimeoutMs = defaultTimeoutMs,
    maxSockets = 32,
    now = Date.now,
    random = Math.random,
  } = options;
  const server = serverUrl(resolved);
  const basePath = server.pathname.replace(/\/$/, '');
  const http = createHttpClient({ site: name, server, maxSockets });
  const source = credentialSource(resolved, { server, env: options.env, maxSockets, now });
  const fixedHeaders: Record<string, string | string[]> = {
    Accept: 'application/json',
    'User-Agent': options.userAgent ?? 'kubectl-dr',
    ...impersonationHeaders({ ...resolved.user.impersonate, ...options.impersonate }),
  };
  const compression: Record<string, string> = resolved.cluster.disableCompression
    ? {}
    : { 'Accept-Encoding': 'gzip' };

  const refused = (failure: ApiError, credentials: Credentials): Error => {
    const since = failure.httpStatus === 401 ? expiredSince(credentials.tls, now()) : undefined;
    if (since === undefined) return failure;
    return new DrError({
      code: 'CertificateExpired',
      message: `${name}: the client certificate of user "${resolved.user.name}" expired at ${since}`,
      hint: 'get a new one and put it into the kubeconfig',
      cause: failure,
    });
  };

  const send = async (call: Call, timeoutMs: number, mayRenew: boolean): Promise<string> => {
    const credentials = await source.current();
    options.onRequest?.();
    const answer = await http.fetch(
      {
        method: call.method,
        path: basePath + call.path,
        headers: {
          ...fixedHeaders,
          ...(call.method === 'GET' ? compression : {}),
          ...(call.accept === undefined ? {} : { Accept: call.accept }),
          ...credentials.headers,
          ...(call.body === undefined ? {} : { 'Content-Type': call.contentType ?? 'application/json' }),
        },
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: call.options?.signal,
        timeoutMs,
      },
      credentials,
    );
    if (options.onWarning !== undefined)
      for (const text of warningsOf(answer.headers)) options.onWarning(text);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    if (answer.status === 401 && mayRenew && source.renew()) return send(call, timeoutMs, false);
    throw refused(failureOf(answer, call.path), credentials);
  };

  return {
    call: (call) => {
      const asked = call.options?.timeoutMs ?? requestTimeoutMs;
      const deadlineMs = asked === 0 ? noLimitMs : asked;
      return withRetries(
        { method: call.method, deadlineMs, signal: call.options?.signal, now, random },
        (left) => send(call, left, true),
      );
    },
    stream: async (path, signal) => {
      const credentials = await source.current();
      options.onRequest?.();
      const answer = await http.open(
        {
          method: 'GET',
          path: basePath + path,
          headers: { ...fixedHeaders, ...credentials.headers },
          signal,
          timeoutMs: requestTimeoutMs === 0 ? noLimitMs : requestTimeoutMs,
        },
        credentials,
      );
      if (answer.status === 200) return answer;
      if (answer.status === 401) source.renew();
      let text = '';
      for await (const chunk of answer.body) text += String(chunk);
      throw failureOf({ ...answer, body: text }, path);
    },
    close: () => http.close(),
  };
};
