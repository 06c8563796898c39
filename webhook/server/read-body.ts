import type { IncomingMessage } from 'node:http';

/**
 * An update carries two objects of at most 3 MiB, which is what an API server stores, and what is around them. An API server itself
 * never sends more.
 */
export const longestBody = 7 * 1024 * 1024;

/** So much of a body that is too long is thrown away before it is answered: who still sends does not read the answer. */
const longestDiscarded = 4 * longestBody;

/** A body, or why there is none. */
export type BodyReading =
  | { readonly state: 'read'; readonly body: Buffer }
  | { readonly state: 'too-long' | 'not-json' | 'late' | 'broken' };

const isJson = ({ headers }: IncomingMessage): boolean => {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const encoding = headers['content-encoding'] ?? 'identity';
  return type === 'application/json' && encoding === 'identity';
};

/** Reads the body of a request whole, as long as it is JSON and not too long, until the signal aborts. It never rejects. */
export const readBody = (request: IncomingMessage, signal: AbortSignal): Promise<BodyReading> => {
  if (!isJson(request)) return Promise.resolve({ state: 'not-json' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (reading: BodyReading): void => {
      request.off('data', collect).off('end', finish).off('error', breakOff).off('close', breakOff);
      signal.removeEventListener('abort', giveUp);
      resolve(reading);
    };
    const collect = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= longestBody) chunks.push(chunk);
      else chunks.length = 0;
      if (length > longestDiscarded) end({ state: 'too-long' });
    };
    const finish = (): void =>
      end(
        length > longestBody ? { state: 'too-long' } : { state: 'read', body: Buffer.concat(chunks, length) },
      );
    const breakOff = (): void => end({ state: 'broken' });
    const giveUp = (): void => end({ state: length > longestBody ? 'too-long' : 'late' });
    signal.addEventListener('abort', giveUp, { once: true });
    request.on('data', collect).on('end', finish).on('error', breakOff).on('close', breakOff);
  });
};
