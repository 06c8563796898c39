import { access, constants, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { DrError, messageOf } from '../../core/model/error.ts';

/** Unix socket paths end at 104 bytes on macOS and 108 on Linux. */
const LONGEST_PATH = 103;

/** Makes way for a server at a socket path: removes what a dead server left, refuses where a living one answers. */
export const clearSocket = async (socketPath: string): Promise<void> => {
  if (Buffer.byteLength(socketPath) > LONGEST_PATH) {
    throw new DrError({
      code: 'SocketPathTooLong',
      message: `the socket path ${socketPath} has more than ${LONGEST_PATH} bytes`,
      hint: 'use a shorter run directory',
    });
  }
  await access(dirname(socketPath), constants.W_OK).catch((cause: unknown) => {
    throw new DrError({
      code: 'SocketNotOpened',
      message: `cannot listen on ${socketPath}: ${messageOf(cause)}`,
      hint: 'check that its directory exists and can be written to',
      cause,
    });
  });
  if (await answers(socketPath)) {
    throw new DrError({
      code: 'SocketInUse',
      message: `another process listens on ${socketPath}`,
      hint: 'end it, or use another run directory',
    });
  }
  await rm(socketPath, { force: true });
};

const answers = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
