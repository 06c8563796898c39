import type { ServerResponse } from 'node:http';

/** An HTTP answer that is no verdict. */
export const sendText = (
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void => {
  if (response.headersSent || response.destroyed) return;
  const body = `${text}\n`;
  response
    .writeHead(status, {
      ...headers,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'X-Content-Type-Options': 'nosniff',
    })
    .end(body);
};

/** An answer as JSON. */
export const sendJson = (response: ServerResponse, status: number, value: unknown): void => {
  if (response.headersSent || response.destroyed) return;
  const body = JSON.stringify(value);
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    .end(body);
};
