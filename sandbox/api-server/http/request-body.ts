import type { IncomingMessage } from 'node:http';
import { failures } from './failure.ts';

/** What kube-apiserver takes at most: 3 MiB. */
const limit = 3 * 1024 * 1024;

/** Reads the whole body; refuses (413) more than 3 MiB. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw failures.tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
};
