import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';

/** How to reach one API server as an administrator. */
export type Access = { url: string; ca: string; cert: string; key: string };

export type Answer = { status: number; headers: IncomingHttpHeaders; body: unknown };

export type HttpsClient = {
  send: (request: {
    method: string;
    path: string;
    headers?: Record<string, string>;
    body?: unknown;
  }) => Promise<Answer>;
  /** Reads JSON lines as they come, until `enough` of them or the deadline. */
  follow: (
    path: string,
    options: { enough: (lines: unknown[]) => boolean; deadlineMs: number; opened?: () => Promise<void> },
  ) => Promise<unknown[]>;
  close: () => void;
};

const textOf = async (message: IncomingMessage): Promise<string> => {
  message.setEncoding('utf8');
  let text = '';
  for await (const chunk of message) text += chunk;
  return text;
};

const parsed = (text: string, contentType = ''): unknown =>
  contentType.includes('json') ? JSON.parse(text) : text;

const encoded = (body: unknown): string | undefined => {
  if (body === undefined) return undefined;
  return typeof body === 'string' ? body : JSON.stringify(body);
};

const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** A client that adds nothing to what the recording sends: no User-Agent, no defaults of a library. */
export const createHttpsClient = ({ url, ca, cert, key }: Access): HttpsClient => {
  const agent = new https.Agent({ keepAlive: true, ca, cert, key });
  const open = (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      // Without a length, Node sends the body of a DELETE unframed.
      const length: Record<string, string> =
        body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = { method, headers: { ...headers, ...length }, agent };
      const request = https.request(new URL(path, url), options, resolve);
      request.on('error', reject);
      request.end(body);
    });

  return {
    send: async ({ method, path, headers = {}, body }) => {
      const text = encoded(body);
      const type: Record<string, string> =
        text === undefined || headers['content-type'] !== undefined
          ? {}
          : { 'content-type': 'application/json' };
      const message = await open(method, path, { ...type, ...headers }, text);
      return {
        status: message.statusCode ?? 0,
        headers: message.headers,
        body: parsed(await textOf(message), message.headers['content-type']),
      };
    },
    follow: async (path, { enough, deadlineMs, opened }) => {
      const message = await open('GET', path, {});
      message.setEncoding('utf8');
      let text = '';
      const done = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadlineMs);
        const finish = () => {
          clearTimeout(timer);
          resolve();
        };
        message.on('data', (chunk: string) => {
          text += chunk;
          if (enough(linesOf(text))) finish();
        });
        message.on('end', finish);
        message.on('error', finish);
      });
      await opened?.();
      await done;
      message.destroy();
      return linesOf(text.endsWith('\n') ? text : `${text}\n`);
    },
    close: () => agent.destroy(),
  };
};
