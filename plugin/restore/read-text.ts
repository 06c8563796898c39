import { createReadStream } from 'node:fs';
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

/** The text of a file, which may be a pipe as well. */
export const readTextFile = async (path: string, signal: AbortSignal): Promise<string> => {
  try {
    return await readStream(createReadStream(path, { signal }), path);
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
