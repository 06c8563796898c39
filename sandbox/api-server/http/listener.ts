import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { DrError } from '../../../core/model/error.ts';

/** A TLS listener that can be made to fail the way a lost site fails. */
export type Listener = {
  port: number;
  /** Connections are accepted and nothing is ever answered, until `resume`. */
  hang: () => void;
  resume: () => void;
  /** Connections are refused, and those that stand are cut, until `listen`. */
  refuse: () => Promise<void>;
  listen: () => Promise<void>;
  close: () => Promise<void>;
};

/** Options of `startListener`. PEM texts; port 0 takes a free one. */
export type ListenerOptions = {
  host: string;
  port: number;
  tls: { cert: string; key: string };
  /** Certificates of clients that are signed by it are believed. */
  clientCa: string;
  onRequest: (request: IncomingMessage, response: ServerResponse) => void;
};

const listenError = (cause: NodeJS.ErrnoException, host: string, port: number): DrError => {
  if (cause.code === 'EADDRINUSE')
    return new DrError({
      code: 'PortInUse',
      message: `port ${port} on ${host} is in use`,
      hint: 'choose another port, or end the process that holds it',
      cause,
    });
  return new DrError({
    code: 'CannotListen',
    message: `cannot listen on ${host}:${port}: ${cause.message}`,
    cause,
  });
};

const bind = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });

/** A client that gave up while the site hung; its connection cannot close before what it was sent has left. */
const hasLeft = (socket: Socket): boolean => socket.destroyed || socket.readableEnded;

/** Holds requests back while the site hangs. */
const createGate = () => {
  let opened: Promise<void> = Promise.resolve();
  let open: (() => void) | undefined;
  return {
    isShut: () => open !== undefined,
    shut: () => {
      if (open !== undefined) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      opened = promise;
      open = resolve;
    },
    open: () => {
      open?.();
      open = undefined;
    },
    passed: () => opened,
  };
};

/** Starts listening. Rejects with a `DrError` `PortInUse` or `CannotListen`. */
export const startListener = async (options: ListenerOptions): Promise<Listener> => {
  const { host, tls, clientCa, onRequest } = options;
  const gate = createGate();
  const sockets = new Set<Socket>();
  const server = createServer(
    { ...tls, ca: clientCa, requestCert: true, rejectUnauthorized: false, keepAliveTimeout: 120_000 },
    (request, response) => {
      if (!gate.isShut()) return onRequest(request, response);
      // One turn later it is known which clients left meanwhile.
      void gate.passed().then(() =>
        setImmediate(() => {
          if (!hasLeft(request.socket)) onRequest(request, response);
        }),
      );
    },
  );
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // What was already accepted must not be answered either.
    if (gate.isShut()) socket.cork();
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  server.on('secureConnection', keep);
  server.on('tlsClientError', () => undefined);
  const port = await bind(server, host, options.port);

  const stop = () =>
    new Promise<void>((resolve) => {
      if (!server.listening) return resolve();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });

  return {
    port,
    hang: () => {
      gate.shut();
      for (const socket of sockets) socket.cork();
    },
    resume: () => {
      for (const socket of sockets) socket.uncork();
      gate.open();
    },
    refuse: stop,
    listen: async () => {
      if (!server.listening) await bind(server, host, port);
    },
    close: async () => {
      gate.open();
      await stop();
    },
  };
};
