import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { messageOf } from '../../../core/model/error.ts';
import { jsonReply, type Reply, textReply } from './exchange.ts';
import { Failure, failures, PageNotFound } from './failure.ts';

/** Characters that are sent at once. */
const pieceLength = 256 * 1024;

/** `299 - "text"`: header values are Latin-1 to Node, so UTF-8 bytes are handed over as such. */
const warningHeader = (text: string): string => {
  const printable = text.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/["\\]/g, '\\$&');
  return Buffer.from(`299 - "${printable}"`, 'utf8').toString('latin1');
};

/** What is answered for something thrown. What nobody expected is an internal error, and logged. */
export const replyOfThrown = (thrown: unknown, log: (message: string) => void): Reply => {
  if (thrown instanceof PageNotFound) return textReply(404, '404 page not found\n');
  if (thrown instanceof Failure) {
    const retryAfter = thrown.body.details?.retryAfterSeconds;
    return jsonReply(thrown.body.code, thrown.body, {
      warnings: thrown.warnings,
      ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
    });
  }
  log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  return replyOfThrown(failures.internal(messageOf(thrown)), log);
};

/** Joins small pieces to ones that are worth sending. */
function* gathered(pieces: Iterable<string>): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Sends piece after piece, never faster than the client takes them. */
const sendPieces = (response: ServerResponse, pieces: Iterable<string>): void => {
  const source = Readable.from(gathered(pieces), { highWaterMark: 1 });
  // A client that goes away ends it; there is nobody left to tell.
  pipeline(source, response, () => undefined);
};

/** Writes the answer; a stream is closed when the client goes away. */
export const respond = (request: IncomingMessage, response: ServerResponse, reply: Reply): void => {
  if (response.destroyed) return;
  response.statusCode = reply.status;
  response.setHeader('content-type', reply.contentType);
  response.setHeader('cache-control', 'no-cache, private');
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  const { warnings = [] } = reply;
  if (warnings.length > 0) response.setHeader('warning', warnings.map(warningHeader));
  // A body that nobody read would be taken for the next request on this connection.
  if (!request.complete) request.resume();
  if (reply.type === 'whole') {
    response.setHeader('content-length', Buffer.byteLength(reply.body));
    response.end(request.method === 'HEAD' ? undefined : reply.body);
    return;
  }
  if (reply.type === 'pieces') {
    sendPieces(response, reply.pieces);
    return;
  }
  response.flushHeaders();
  const close = reply.open({
    // Between the end and the close there may be more to tell; Node would throw it where nobody can catch it.
    write: (text) => {
      if (!response.writableEnded) response.write(text);
    },
    pending: () => response.writableLength,
    end: () => response.end(),
  });
  response.once('close', close);
};
