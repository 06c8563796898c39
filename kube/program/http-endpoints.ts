import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DrError, messageOf } from '../../core/model/error.ts';
import { listenOn } from './listen.ts';

/** What a path answers; it gets the query of the request. */
export type Endpoint = (query: URLSearchParams) => Promise<{ status: number; type?: string; body: string }>;

/** `host:port` or `:port` as Go programs take it; `0` and the empty text mean "none". */
export const parseBindAddress = (flag: string, text: string): { host?: string; port: number } | undefined => {
  if (text === '' || text === '0') return undefined;
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535) {
    throw new DrError({
      code: 'FlagInvalid',
      message: `--${flag}: "${text}" is not host:port`,
      hint: 'use for example :8080, 127.0.0.1:8080, or 0 for none',
    });
  }
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === '' ? { port: Number(port) } : { host: bare, port: Number(port) };
};

const answer = async (
  endpoints: Readonly<Record<string, Endpoint>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
  const {
    status,
    type = 'text/plain; charset=utf-8',
    body,
  } = endpoint === undefined
    ? { status: 404, body: 'not found\n' }
    : await endpoint(new URLSearchParams(query));
  response.writeHead(status, { 'Content-Type': type }).end(body);
};

/**
 * Serves a few GET endpoints over plain HTTP.
 * Rejects with `PortInUse` or `BindFailed` when the address cannot be had.
 */
export const serveEndpoints = async (
  flag: string,
  address: { host?: string; port: number },
  endpoints: Readonly<Record<string, Endpoint>>,
): Promise<Server> => {
  const server = createServer((request, response) => {
    answer(endpoints, request, response).catch((error: unknown) => {
      response.writeHead(500).end(`${messageOf(error)}\n`);
    });
  });
  await listenOn(server, flag, address);
  return server;
};
