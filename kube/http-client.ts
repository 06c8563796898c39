import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import tls from 'node:tls';
import { createGunzip } from 'node:zlib';
import type { Credentials } from './credentials.ts';
import { requestTimedOut, socketErrorCode, unreachable } from './unreachable.ts';

/** One request as it goes over the wire. */
export type HttpRequest = {
  method: string;
  /** Path and query. */
  path: string;
  headers: Readonly<Record<string, string | string[]>>;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Until the whole answer is there; for a stream, until it begins. */
  timeoutMs: number;
  /** A watch: it keeps its connection for minutes and must not take one of those the others wait for. */
  stream?: boolean;
};

export type HttpAnswer<Body> = { status: number; headers: IncomingHttpHeaders; body: Body };

/** Connections to one server. */
export type HttpClient = {
  /** The whole answer as text. */
  fetch(request: HttpRequest, credentials: Credentials): Promise<HttpAnswer<string>>;
  /** The answer's body while it comes in; an answer that is no success still has to be read. */
  open(request: HttpRequest, credentials: Credentials): Promise<HttpAnswer<Readable>>;
  close(): void;
};

type Agents = { request: http.Agent; stream: http.Agent };

const readAll = async (body: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const decoded = (message: IncomingMessage): Readable => {
  if (message.headers['content-encoding'] !== 'gzip') return message;
  const gunzip = createGunzip();
  message.once('error', (error) => gunzip.destroy(error));
  return message.pipe(gunzip);
};

/**
 * Keep-alive connections to one API server over HTTP/1.1: a bounded pool for requests, one connection per watch.
 *
 * Rejects with a `DrError` (`Unreachable`, `CertificateInvalid`, `RequestTimeout`), or with the signal's reason.
 */
export const createHttpClient = (options: { site: string; server: URL; maxSockets: number }): HttpClient => {
  const { site, server } = options;
  const secure = server.protocol === 'https:';
  const agents = new Map<Credentials['tls'], Agents>();
  const shared = { keepAlive: true, keepAliveMsecs: 30_000, noDelay: true, scheduling: 'lifo' } as const;

  const agentsFor = (credentials: Credentials): Agents => {
    if (credentials.agent !== undefined) return { request: credentials.agent, stream: credentials.agent };
    const known = agents.get(credentials.tls);
    if (known !== undefined) return known;
    // New TLS material (a plugin renewed its certificate): connections made with the old one end.
    for (const old of agents.values()) old.request.destroy();
    agents.clear();
    // Made once: reading certificates and key for each connection again takes longer than the rest of a handshake.
    const secureContext = secure ? tls.createSecureContext(credentials.tls) : undefined;
    const make = (maxSockets: number): http.Agent =>
      secureContext === undefined
        ? new http.Agent({ ...shared, maxSockets, maxFreeSockets: maxSockets })
        : new https.Agent({
            ...shared,
            ...credentials.tls,
            secureContext,
            maxSockets,
            maxFreeSockets: maxSockets,
          });
    const made = { request: make(options.maxSockets), stream: make(Number.POSITIVE_INFINITY) };
    agents.set(credentials.tls, made);
    return made;
  };

  /**
   * A kept connection may have been closed by the server while the request was on its way: then it is sent again over a new
   * one. Not a POST: it may have happened, and would happen twice.
   */
  const begin = async (request: HttpRequest, credentials: Credentials): Promise<IncomingMessage> => {
    try {
      return await attempt(request, credentials);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      if (request.method === 'POST') throw unreachable(site, server, error.cause);
      dropIdle(agentsFor(credentials));
      return attempt(request, credentials).catch((again: unknown) => {
        throw again instanceof StaleConnection ? unreachable(site, server, again.cause) : again;
      });
    }
  };

  const attempt = (request: HttpRequest, credentials: Credentials): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { request: pooled, stream } = agentsFor(credentials);
      const sent = (secure ? https : http).request({
        protocol: server.protocol,
        hostname: server.hostname.replace(/^\[|\]$/g, ''),
        port: server.port || (secure ? 443 : 80),
        method: request.method,
        path: request.path,
        headers: {
          ...request.headers,
          ...(request.body === undefined ? {} : { 'Content-Length': Buffer.byteLength(request.body) }),
        },
        agent: request.stream ? stream : pooled,
        ...(secure ? credentials.tls : {}),
      });
      let message: IncomingMessage | undefined;
      const stop = (error: Error): void => {
        if (message === undefined) sent.destroy(error);
        else message.destroy(error);
      };
      const timer = setTimeout(
        () => stop(requestTimedOut(site, server, request.timeoutMs)),
        request.timeoutMs,
      );
      const abort = (): void => stop(abortReason(request.signal));
      const done = (): void => {
        clearTimeout(timer);
        request.signal?.removeEventListener('abort', abort);
      };
      request.signal?.addEventListener('abort', abort, { once: true });
      sent.once('response', (answer) => {
        message = answer;
        if (request.stream) clearTimeout(timer);
        answer.once('close', done);
        resolve(answer);
      });
      sent.on('error', (error) => {
        done();
        const isStale = message === undefined && sent.reusedSocket && isCut(error);
        reject(isStale ? new StaleConnection(error) : explained(error));
      });
      if (request.signal?.aborted) abort();
      else sent.end(request.body);
    });

  /** Our own errors and the caller's abort pass through; what the socket says is explained. */
  const explained = (error: unknown): unknown =>
    error instanceof Error && 'hint' in error
      ? error
      : isAbort(error)
        ? error
        : unreachable(site, server, error);

  return {
    fetch: async (request, credentials) => {
      const message = await begin(request, credentials);
      try {
        return {
          status: message.statusCode ?? 0,
          headers: message.headers,
          body: await readAll(decoded(message)),
        };
      } catch (error) {
        throw request.signal?.aborted ? abortReason(request.signal) : explained(error);
      }
    },
    open: async (request, credentials) => {
      const message = await begin({ ...request, stream: true }, credentials);
      return { status: message.statusCode ?? 0, headers: message.headers, body: decoded(message) };
    },
    close: () => {
      for (const { request, stream } of agents.values()) {
        request.destroy();
        stream.destroy();
      }
      agents.clear();
    },
  };
};

/** A kept connection turned out to be closed. */
class StaleConnection extends Error {
  constructor(cause: unknown) {
    super('stale connection', { cause });
  }
}

const isCut = (error: unknown): boolean => ['ECONNRESET', 'EPIPE'].includes(socketErrorCode(error));

/** If one idle connection is dead, its siblings probably are too. */
const dropIdle = ({ request, stream }: Agents): void => {
  for (const agent of [request, stream]) {
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
  }
};

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

const abortReason = (signal: AbortSignal | undefined): Error => {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('This operation was aborted', 'AbortError');
};
