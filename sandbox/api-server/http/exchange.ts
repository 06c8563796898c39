import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../authentication/caller.ts';

/** One request, read and authenticated. */
export type ApiRequest = {
  method: string;
  /** The path as it came, percent-encoding kept. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  caller: Caller;
  /** The whole body; refuses (413) more than the server takes. */
  readBody: () => Promise<Buffer>;
};

/** Takes the lines of a stream. */
export type StreamWriter = {
  /** After the end it does nothing. */
  write: (text: string) => void;
  /** Bytes that the client has not taken yet. */
  pending: () => number;
  /** Ends the answer. */
  end: () => void;
};

type Answer = {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Texts of `Warning:` headers. */
  warnings?: readonly string[];
};

/** What a handler answers with. */
export type Reply =
  | (Answer & { type: 'whole'; contentType: string; body: string | Buffer })
  /** A long body, made while it is sent: it never stands in memory as a whole. */
  | (Answer & { type: 'pieces'; contentType: string; pieces: Iterable<string> })
  /** `open` starts the stream and answers what to do when the client is gone or the server closes. */
  | (Answer & { type: 'stream'; contentType: string; open: (writer: StreamWriter) => () => void });

/** Answers one request, or throws a `Failure` or `PageNotFound`. */
export type Handler = (request: ApiRequest) => Promise<Reply> | Reply;

/** An answer of JSON: a text that is JSON already, or a value. */
export const jsonReply = (
  status: number,
  body: unknown,
  extra: { warnings?: readonly string[]; headers?: Readonly<Record<string, string>> } = {},
): Reply => ({
  type: 'whole',
  status,
  contentType: 'application/json',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...extra,
});

/** An answer of JSON that comes in pieces. */
export const piecesReply = (status: number, pieces: Iterable<string>): Reply => ({
  type: 'pieces',
  status,
  contentType: 'application/json',
  pieces,
});

/** An answer of plain text. */
export const textReply = (status: number, body: string): Reply => ({
  type: 'whole',
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
  headers: { 'x-content-type-options': 'nosniff' },
});
