import { createServer, type IncomingMessage, type Server } from 'node:http';
import { DrError, messageOf } from '../core/model/error.ts';
import {
  type ControlCall,
  type ControlCalls,
  type ControlFailure,
  largestTransfer,
} from './control-protocol.ts';

/** What each call does. */
export type ControlHandlers = {
  [Name in ControlCall]: (request: ControlCalls[Name]['request']) => Promise<ControlCalls[Name]['answer']>;
};

/** Base64 takes a third more; the rest of a call is small. */
const largestBody = Math.ceil(largestTransfer * 1.4);

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largestBody) {
      throw new DrError({
        code: 'TransferTooLarge',
        message: `more than the ${largestTransfer} bytes that one call may carry`,
        hint: 'write in parts with --offset',
      });
    }
    parts.push(part);
  }
  return parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString());
};

const failureOf = (thrown: unknown): ControlFailure =>
  thrown instanceof DrError
    ? { code: thrown.code, message: thrown.message, ...(thrown.hint !== undefined && { hint: thrown.hint }) }
    : { code: 'SandboxFault', message: messageOf(thrown) };

const answer = async (handlers: ControlHandlers, request: IncomingMessage): Promise<unknown> => {
  const name = (request.url ?? '').slice(1);
  if (request.method !== 'POST' || !Object.hasOwn(handlers, name)) {
    throw new DrError({
      code: 'UnknownCall',
      message: `the sandbox knows no call ${request.method} /${name}`,
    });
  }
  const handle = handlers[name as ControlCall] as (body: unknown) => Promise<unknown>;
  return handle(await readBody(request));
};

/** Serves the calls of a sandbox on a unix socket. Who may reach it is decided by the directory it is in. */
export const startControlServer = (socketPath: string, handlers: ControlHandlers): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const reply = (status: number, body: unknown): void => {
        response.writeHead(status, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(body));
      };
      answer(handlers, request).then(
        (body) => reply(200, body),
        (thrown: unknown) => reply(400, failureOf(thrown)),
      );
    });
    server.once('error', reject);
    server.listen(socketPath, () => resolve(server));
  });
