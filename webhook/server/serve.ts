import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { ServedLeaf } from '../certificates/served-certificates.ts';

/** A TLS server whose certificate can change, and that ends without losing a request. */
export type ReviewServer = {
  readonly port: number;
  /** Shows another certificate from the next handshake on. Throws where certificate and key do not fit together. */
  show(leaf: Pick<ServedLeaf, 'cert' | 'key'>): void;
  isDraining(): boolean;
  /**
   * Pushes callers away and ends: `Connection: close` on every answer while it goes on serving for `delayMs`, then no new connections,
   * and what runs then has `graceMs` to end. Resolves once the last connection is closed. Once begun it only ends sooner.
   */
  drain(times: { readonly delayMs: number; readonly graceMs: number }): Promise<void>;
};

export type ReviewServerOptions = {
  readonly listener: RequestListener;
  readonly address: { readonly host?: string; readonly port: number };
  /** PEM; callers must show a certificate of this CA. */
  readonly clientCa?: string | undefined;
  readonly onHandshakeFailure: (error: Error) => void;
};

/** API servers keep idle connections for 90 s: who closes one sooner than that races with their next review. */
const keepAliveMs = 120_000;
/** Shorter than any review takes to send, longer than any registration waits. */
const requestMs = 35_000;

const minVersion = 'TLSv1.3';

const tlsOptions = ({ clientCa }: ReviewServerOptions): ServerOptions => ({
  minVersion,
  ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
});

const listen = async (server: Server, address: ReviewServerOptions['address']): Promise<number> => {
  server.listen(address);
  await once(server, 'listening');
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : address.port;
};

const pause = (ms: number): { over: Promise<void>; end: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return {
    over: promise,
    end: () => {
      clearTimeout(timer);
      resolve();
    },
  };
};

/** Ends the server: what is idle now, then each connection after its answer, and all that is left when the grace is over. */
const close = async (server: Server, graceMs: number): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const grace = pause(graceMs);
  void grace.over.then(() => server.closeAllConnections());
  await closed;
  grace.end();
};

/**
 * Listens at once, although handshakes fail until `show` is called first: so a port that is in use is found at the start. Rejects with
 * the error of `listen`.
 */
export const startReviewServer = async (options: ReviewServerOptions): Promise<ReviewServer> => {
  const unanswered = new Set<ServerResponse>();
  let isDraining = false;
  const server = createServer(tlsOptions(options), (request, response) => {
    if (isDraining) response.setHeader('Connection', 'close');
    unanswered.add(response);
    response.once('close', () => unanswered.delete(response));
    options.listener(request, response);
  });
  server.keepAliveTimeout = keepAliveMs;
  server.requestTimeout = requestMs;
  server.on('tlsClientError', options.onHandshakeFailure);
  const port = await listen(server, options.address);
  return {
    port,
    // All options again: a new context takes over nothing from the one before.
    show: ({ cert, key }) => server.setSecureContext({ ...tlsOptions(options), cert, key }),
    isDraining: () => isDraining,
    drain: async ({ delayMs, graceMs }) => {
      isDraining = true;
      for (const response of unanswered) if (!response.headersSent) response.setHeader('Connection', 'close');
      await pause(delayMs).over;
      await close(server, graceMs);
    },
  };
};
