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
  | { readonly state: 'read'; readonly text: string }
  | { readonly state: 'too-long' | 'not-json' | 'not-utf8' | 'late' | 'broken' };

const isJson = ({ headers }: IncomingMessage): boolean => {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const encoding = headers['content-encoding'] ?? 'identity';
  return type === 'application/json' && encoding === 'identity';
};

/**
 * The text of the bytes so far; undefined from the first byte on that is no UTF-8. It is decoded piece by piece, so that a large review
 * never lies in memory beside its text.
 */
const createText = () => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text: string | undefined = '';
  const add = (chunk?: Buffer): string | undefined => {
    try {
      if (text !== undefined) text += decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      text = undefined;
    }
    return text;
  };
  return {
    add,
    drop: (): void => {
      text = undefined;
    },
  };
};

/** Reads the body of a request whole, as long as it is JSON and not too long, until the signal aborts. It never rejects. */
export const readBody = (request: IncomingMessage, signal: AbortSignal): Promise<BodyReading> => {
  if (!isJson(request)) return Promise.resolve({ state: 'not-json' });
  return new Promise((resolve) => {
    const text = createText();
    let length = 0;
    const end = (reading: BodyReading): void => {
      request.off('data', collect).off('end', finish).off('error', breakOff).off('close', breakOff);
      signal.removeEventListener('abort', giveUp);
      resolve(reading);
    };
    const collect = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= longestBody) text.add(chunk);
      else text.drop();
      if (length > longestDiscarded) end({ state: 'too-long' });
    };
    const finish = (): void => {
      const whole = text.add();
      if (length > longestBody) end({ state: 'too-long' });
      else end(whole === undefined ? { state: 'not-utf8' } : { state: 'read', text: whole });
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
