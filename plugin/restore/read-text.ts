import { constants, createReadStream, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { DrError } from '../../core/model/error.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { whyFileFailed } from '../backup/file-failure.ts';
import { largestText } from '../backup/parse-manifests.ts';

const tooLarge = (origin: string): DrError =>
  new DrError({
    code: 'SourceTooLarge',
    message: `${oneLine(origin)} is larger than ${largestText / 2 ** 20} MiB`,
    hint: 'give it in parts: several files, or a directory',
  });

/** All that comes, as UTF-8, up to the largest text that is read as manifests. Rejects with a `DrError` beyond it. */
export const readStream = async (stream: AsyncIterable<Buffer>, origin: string): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > largestText) throw tooLarge(origin);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/**
 * A pipe is opened and read without blocking: a named one that nobody writes to yet would hold a thread, and with it the end of the
 * process. So it is waited for, and Ctrl-C ends that.
 */
const pipeStream = (path: string, signal: AbortSignal): AsyncIterable<Buffer> => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false, signal });
};

/** The text of a file, which may be a pipe as well. */
export const readTextFile = async (path: string, signal: AbortSignal): Promise<string> => {
  try {
    const isPipe = (await stat(path)).isFIFO();
    const stream = isPipe ? pipeStream(path, signal) : createReadStream(path, { signal });
    return await readStream(stream, path);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DrError) throw error;
    throw new DrError({
      code: 'SourceUnreadable',
      message: `${oneLine(path)} cannot be read: ${whyFileFailed(error)}`,
      hint: 'give a backup, a directory of backups, or manifests',
      cause: error,
    });
  }
};
