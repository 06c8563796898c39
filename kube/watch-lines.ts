import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { DrError } from '../core/model/error.ts';
import type { KubernetesObject, StatusBody } from '../core/model/kubernetes-object.ts';
import { ApiError } from './api-error.ts';
import type { WatchEvent } from './cluster.ts';

/** The lines of a stream, however its chunks are cut; a last line without an end is given too. */
export async function* linesOf(body: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  for await (const chunk of body) {
    const parts = decoder.write(chunk as Buffer).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      const line = pieces.length === 0 ? part : pieces.join('') + part;
      pieces = [];
      if (line !== '') yield line;
    }
    if (last !== '') pieces.push(last);
  }
  const rest = pieces.join('') + decoder.end();
  if (rest !== '') yield rest;
}

/**
 * One line of a watch as an event.
 * Throws the `ApiError` of an ERROR line, and `WatchBroken` for a line that is no event (a stream cut in the middle).
 */
export const watchEventOf = <T extends KubernetesObject>(line: string): WatchEvent<T> => {
  let event: { type?: string; object?: KubernetesObject };
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw new DrError({
      code: 'WatchBroken',
      message: 'a watch ended in the middle of a line',
      hint: 'watch again',
      cause,
    });
  }
  const { type, object } = event;
  if (object === undefined)
    throw new DrError({ code: 'WatchBroken', message: `a watch sent ${type} without an object` });
  if (type === 'BOOKMARK') return { type, resourceVersion: object.metadata.resourceVersion ?? '' };
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type, object: object as T };
  const status = object as unknown as StatusBody;
  throw new ApiError({
    httpStatus: status.code ?? 500,
    message: status.message ?? `the watch ended with ${type}`,
    reason: status.reason,
    body: status,
  });
};
