import { writeSync } from 'node:fs';
import { DrError, messageOf } from '../../core/model/error.ts';
import { printableText } from '../../core/printable.ts';

const readerGone = 'ReaderGone';

/** A reader that has seen enough (`| head`) ends what a program prints, and needs no word. */
export const isReaderGone = (error: unknown): boolean =>
  error instanceof DrError && error.code === readerGone;

const nap = new Int32Array(new SharedArrayBuffer(4));
const napMs = 5;

/** A pipe that somebody else made non-blocking is full for a moment. */
const writeSome = (fd: number, rest: Uint8Array): number => {
  try {
    return writeSync(fd, rest);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(nap, 0, 0, napMs);
    return 0;
  }
};

/**
 * Prints a text as a whole, on stdout (1) or stderr (2): it is out when this returns. Throws `OutputNotWritten` where it cannot be written,
 * and `ReaderGone`.
 */
export const printTo = (fd: 1 | 2, text: string): void => {
  let rest: Uint8Array = Buffer.from(printableText(text));
  try {
    while (rest.length > 0) rest = rest.subarray(writeSome(fd, rest));
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'EPIPE';
    throw new DrError({
      code: isGone ? readerGone : 'OutputNotWritten',
      message: `standard ${fd === 1 ? 'output' : 'error'} cannot be written: ${messageOf(error)}`,
      hint: 'mend that and run it again',
      cause: error,
    });
  }
};
