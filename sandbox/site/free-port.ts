import { createServer, type Server } from 'node:net';
import { DrError } from '../../core/model/error.ts';

/** Everything of a sandbox listens here alone. */
export const host = '127.0.0.1';

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, host, () => resolve(probe));
  });

const close = (probe: Server): Promise<void> => new Promise((resolve) => probe.close(() => resolve()));

const portOf = (probe: Server): number => {
  const address = probe.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Ports that nobody listens at right now: for each the one that is preferred where it can be had, else any; 0 prefers none. */
export const freePorts = async (preferred: readonly number[]): Promise<number[]> => {
  // All are held until the last is found, so that no two are the same.
  const probes = await Promise.all(preferred.map((port) => listen(port).catch(() => listen(0))));
  const ports = probes.map(portOf);
  await Promise.all(probes.map(close));
  return ports;
};

/** Rejects with `PortInUse` where somebody listens at a port. */
export const assertPortIsFree = async (port: number): Promise<void> => {
  try {
    await close(await listen(port));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new DrError({
      code: 'PortInUse',
      message: `port ${port} on ${host} is in use`,
      hint: 'choose another port, or end the process that holds it',
      cause,
    });
  }
};
