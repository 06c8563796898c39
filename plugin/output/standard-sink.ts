import { fstatSync, writeSync } from 'node:fs';
import type { LostOutput } from '../exit-code.ts';
import type { Sink } from './create-output.ts';

/** Tells, once, that something was not written, and why. */
export type OnLost = (lost: LostOutput, error: NodeJS.ErrnoException) => void;

/** Of a pipe or a socket, and of a terminal that was closed. */
const readerGoneCodes = ['EPIPE', 'ECONNRESET', 'EIO'];

/** Files and devices that are no terminals: `> backup.yaml`, `> /dev/null`. */
const isFile = (fd: number, isTerminal: boolean): boolean => {
  if (isTerminal) return false;
  try {
    const kind = fstatSync(fd);
    return kind.isFile() || kind.isCharacterDevice() || kind.isBlockDevice();
  } catch {
    return false;
  }
};

/** A full disk takes a part of what it is given, and says so by the number alone. Node's own stream of a file does not look at it. */
const writeWhole = (fd: number, data: string | Uint8Array): void => {
  let rest = typeof data === 'string' ? Buffer.from(data) : data;
  while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
};

/** An output of the process, of which it is known whether all that was written has arrived. */
export const standardSink = (fd: 1 | 2, open: () => NodeJS.WriteStream, onLost: OnLost): Sink => {
  let isLost = false;
  let stream: NodeJS.WriteStream | undefined;
  const lose = (error: Error | null | undefined): void => {
    if (!error || isLost) return;
    isLost = true;
    const { code = '' } = error as NodeJS.ErrnoException;
    onLost(readerGoneCodes.includes(code) ? 'ReaderGone' : 'NotWritten', error);
  };
  const opened = (): NodeJS.WriteStream => {
    stream ??= open().on('error', lose);
    return stream;
  };
  const toFile = (data: string | Uint8Array): void => {
    try {
      writeWhole(fd, data);
    } catch (error) {
      lose(error as Error);
    }
  };
  let takesFile: boolean | undefined;
  return {
    write: (data) => {
      if (isLost) return;
      takesFile ??= isFile(fd, opened().isTTY === true);
      if (takesFile) toFile(data);
      else opened().write(data, lose);
    },
    // The callback comes after those of everything that was written before, also where that failed.
    flush: () =>
      stream === undefined || takesFile
        ? Promise.resolve()
        : new Promise((resolve) => opened().write('', () => resolve())),
    get isTerminal() {
      return opened().isTTY === true;
    },
    get columns() {
      return opened().columns;
    },
  };
};
