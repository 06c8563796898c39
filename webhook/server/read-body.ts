import type { IncomingMessage } from 'node:http';

/**
 * An update carries two objects of at most 3 MiB, which is what an API server stores, and what is around them. An API server itself
 * never sends more.
 */
export const longestBody = 7 * 1024 * 1024;

/** So much of a body that is too long is thrown away before it is answered: who still sends does not read the answer. */
const longestDiscarded = 4 * longestBody;

/** Bodies of up to so many bytes are what reviews are like. */
export const smallBody = 256 * 1024;

/** A body, or why there is none. A large one is handed on as its bytes: to read it takes as long as hundreds of small ones. */
export type BodyReading =
  | { readonly state: 'read'; readonly text: string }
  | { readonly state: 'large'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly state: 'too-long' | 'not-json' | 'not-utf8' | 'late' | 'broken' };

const isJson = ({ headers }: IncomingMessage): boolean => {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const encoding = headers['content-encoding'] ?? 'identity';
  return type === 'application/json' && encoding === 'identity';
};

/** One copy of all chunks, in memory of its own: so that it can be given away. */
const joined = (chunks: readonly Buffer[], length: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
};

const readingOf = (bytes: Uint8Array<ArrayBuffer>): BodyReading => {
  if (bytes.length > smallBody) return { state: 'large', bytes };
  try {
    return { state: 'read', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { state: 'not-utf8' };
  }
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
    const finish = (): void => {
      end(length > longestBody ? { state: 'too-long' } : readingOf(joined(chunks, length)));
    };
    const breakOff = (): void => end({ state: 'broken' });
    const giveUp = (): void => end({ state: length > longestBody ? 'too-long' : 'late' });
    signal.addEventListener('abort', giveUp, { once: true });
    request.on('data', collect).on('end', finish).on('error', breakOff).on('close', breakOff);
  });
};

/** Throws a body away as it comes in; answers whether it came to its end before the signal aborted, and was not too long for that. */
export const discardBody = (request: IncomingMessage, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    let length = 0;
    const end = (isWhole: boolean): void => {
      request.off('data', count).off('end', finish).off('error', breakOff).off('close', breakOff);
      signal.removeEventListener('abort', breakOff);
      resolve(isWhole);
    };
    const count = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > longestDiscarded) end(false);
    };
    const finish = (): void => end(true);
    const breakOff = (): void => end(false);
    signal.addEventListener('abort', breakOff, { once: true });
    request.on('data', count).on('end', finish).on('error', breakOff).on('close', breakOff);
  });
