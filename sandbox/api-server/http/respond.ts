import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../../core/model/error.ts';
import { jsonReply, type Reply, textReply } from './exchange.ts';
import { Failure, failures, PageNotFound } from './failure.ts';

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
    return jsonReply(
      thrown.body.code,
      thrown.body,
      retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } },
    );
  }
  log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  return replyOfThrown(failures.internal(messageOf(thrown)), log);
};

/** Writes the answer; a stream is closed when the client goes away. */
export const respond = (request: IncomingMessage, response: ServerResponse, reply: Reply): void => {
  if (response.destroyed) return;
  response.statusCode = reply.status;
  response.setHeader('content-type', reply.contentType);
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
  response.flushHeaders();
  const close = reply.open({
    write: (text) => response.write(text),
    pending: () => response.writableLength,
    end: () => response.end(),
  });
  response.once('close', close);
};
