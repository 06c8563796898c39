import { setMaxListeners } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { DrError, messageOf } from '../../core/model/error.ts';
import { csiControllerService, csiIdentityService } from '../../csi/csi.ts';
import { identityService } from '../../csi/identity.ts';
import { replicationService } from '../../csi/replication.ts';
import type { SiteArray } from '../storage/site-array.ts';
import { createCalls } from './calls.ts';
import { createCsiControllerService, createCsiIdentityService } from './csi-service.ts';
import { createFaults, type Faults } from './faults.ts';
import { createIdentityService } from './identity-service.ts';
import { createReplicationService } from './replication-service.ts';
import { clearSocket } from './socket.ts';

/** How a driver is served. */
export type DriverOptions = {
  readonly array: SiteArray;
  /** Where it listens; fewer than 104 bytes. */
  readonly socketPath: string;
  /** In domain notation, e.g. `rbd.csi.ceph.com`. */
  readonly driverName: string;
  readonly vendorVersion?: string;
  /** Closes the driver. */
  readonly signal?: AbortSignal;
  /** Whether calls to a frozen site wait until it thaws (default, as with a dead Ceph cluster) or fail at once. */
  readonly whenFrozen?: 'hang' | 'unavailable';
  /** What every call about a volume takes, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** Offer GetReplicationDestinationInfo, which released ceph-csi does not. Default false. */
  readonly destinationInfo?: boolean;
};

/** A driver that listens. */
export type DriverServer = {
  readonly socketPath: string;
  /** What goes wrong with its calls. */
  readonly faults: Faults;
  /** Ends open calls with UNAVAILABLE, stops listening and removes the socket. */
  close(): Promise<void>;
};

/** How long clients get to leave before their connections are cut, in milliseconds. */
const GRACE_MS = 500;

/** Serves the array of one site as a CSI driver with csi-addons replication, on a Unix socket that only its owner may open. */
export const serveDriver = async (options: DriverOptions): Promise<DriverServer> => {
  const { array, socketPath, signal } = options;
  const closing = new AbortController();
  // Every call that waits listens to it.
  setMaxListeners(0, closing.signal);
  const faults = createFaults();
  const server = new Server();
  addServices(server, options, {
    array,
    faults,
    whenFrozen: options.whenFrozen ?? 'hang',
    latencyMs: options.latencyMs ?? 0,
    closing: closing.signal,
  });
  await clearSocket(socketPath);
  await listen(server, socketPath);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing.abort();
    closed ??= shutDown(server).then(() => rm(socketPath, { force: true }));
    return closed;
  };
  if (signal?.aborted) await close();
  signal?.addEventListener('abort', () => void close(), { once: true });
  return { socketPath, faults, close };
};

const addServices = (
  server: Server,
  { array, driverName, vendorVersion = 'sandbox', destinationInfo = false }: DriverOptions,
  settings: Parameters<typeof createCalls>[0],
): void => {
  const call = createCalls(settings);
  const identity = { name: driverName, vendorVersion };
  server.addService(identityService, createIdentityService(identity, call, { destinationInfo }));
  server.addService(replicationService, createReplicationService(array, call, { destinationInfo }));
  server.addService(csiIdentityService, createCsiIdentityService(identity, call));
  server.addService(csiControllerService, createCsiControllerService(array, call));
};

const listen = async (server: Server, socketPath: string): Promise<void> => {
  try {
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    await chmod(socketPath, 0o600);
  } catch (cause) {
    throw new DrError({
      code: 'SocketNotOpened',
      message: `cannot listen on ${socketPath}: ${messageOf(cause)}`,
      hint: 'use another run directory',
      cause,
    });
  }
};

const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const force = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, GRACE_MS);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
