import { isIPv6, type Server } from 'node:net';
import { DrError } from '../../core/model/error.ts';

/** Where a program listens; all addresses of the machine without a host, any free port with 0. */
export type ListenAddress = { readonly host?: string; readonly port: number };

/** `host:port` for people. */
export const showAddress = ({ host = '', port }: ListenAddress): string =>
  `${isIPv6(host) ? `[${host}]` : host}:${port}`;

/** Listens where a flag says, and answers the port. Rejects with `PortInUse` or `BindFailed` when the address cannot be had. */
export const listenOn = async (server: Server, flag: string, address: ListenAddress): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (error: NodeJS.ErrnoException): void => {
    const isTaken = error.code === 'EADDRINUSE';
    const problem = isTaken ? 'is in use' : `cannot be listened on: ${error.message}`;
    reject(
      new DrError({
        code: isTaken ? 'PortInUse' : 'BindFailed',
        message: `--${flag}: ${showAddress(address)} ${problem}`,
        hint: 'choose another address, or 0 for none where the flag takes it',
        cause: error,
      }),
    );
  };
  server.once('error', fail);
  server.listen(address, resolve);
  await promise;
  server.off('error', fail);
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : address.port;
};
