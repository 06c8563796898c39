import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { type ListenAddress, listenOn } from '../../kube/program/listen.ts';
import type { ServedLeaf } from '../certificates/served-certificates.ts';

/** A TLS server whose certificate can change, and that ends without losing a request. */
export type ReviewServer = {
  readonly port: number;
  /** Shows another certificate from the next handshake on. Throws where certificate and key do not fit together. */
  show(leaf: Pick<ServedLeaf, 'cert' | 'key'>): void;
  isDraining(): boolean;
  /**
   * Pushes callers away and ends: `Connection: close` on every answer while it goes on serving for `delayMs`, then no new connections,
   * and what runs then has `graceMs` to end. Resolves once the last connection is closed. Called again it waits for the same end.
   */
  drain(times: { readonly delayMs: number; readonly graceMs: number }): Promise<void>;
};

export type ReviewServerOptions = {
  readonly listener: RequestListener;
  readonly address: ListenAddress;
  /** PEM; callers must show a certificate of this CA. */
  readonly clientCa?: string | undefined;
  readonly onHandshakeFailure: (error: Error) => void;
};

/** API servers keep idle connections for 90 s: who closes one sooner than that races with their next review. */
const keepAliveMs = 120_000;
/** Shorter than any review takes to send, longer than any registration waits. */
const requestMs = 35_000;

/** A handshake that takes longer is none. */
const handshakeMs = 10_000;

const tlsOptions = ({ clientCa }: ReviewServerOptions): ServerOptions => ({
  minVersion: 'TLSv1.3',
  ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
});

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
const close = async (server: Server, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const grace = pause(graceMs);
  void grace.over.then(() => {
    for (const socket of sockets) socket.destroy();
  });
  await closed;
  grace.end();
};

/** Adds a socket or response to a set for as long as it is open. */
const keepWhileOpen = <T extends Socket | ServerResponse>(open: Set<T>, one: T): void => {
  open.add(one);
  one.once('close', () => open.delete(one));
};

/**
 * Listens at once, although handshakes fail until `show` is called first: so a port that is in use is found at the start. Rejects with
 * `PortInUse` or `BindFailed`.
 */
export const startReviewServer = async (options: ReviewServerOptions): Promise<ReviewServer> => {
  const unanswered = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  let draining: Promise<void> | undefined;
  const server = createServer(
    { ...tlsOptions(options), handshakeTimeout: handshakeMs },
    (request, response) => {
      if (draining !== undefined) response.setHeader('Connection', 'close');
      keepWhileOpen(unanswered, response);
      options.listener(request, response);
    },
  );
  server.keepAliveTimeout = keepAliveMs;
  server.requestTimeout = requestMs;
  // Node knows a connection only after its handshake; one that never ends must not keep the process either.
  server.on('connection', (socket: Socket) => keepWhileOpen(sockets, socket));
  server.on('tlsClientError', options.onHandshakeFailure);
  const port = await listenOn(server, 'bind-address', options.address);
  const drain = async ({ delayMs, graceMs }: { delayMs: number; graceMs: number }): Promise<void> => {
    for (const response of unanswered) if (!response.headersSent) response.setHeader('Connection', 'close');
    await pause(delayMs).over;
    await close(server, sockets, graceMs);
  };
  return {
    port,
    // All options again: a new context takes over nothing from the one before.
    show: ({ cert, key }) => server.setSecureContext({ ...tlsOptions(options), cert, key }),
    isDraining: () => draining !== undefined,
    drain: (times) => {
      draining ??= drain(times);
      return draining;
    },
  };
};
