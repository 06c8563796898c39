// Stands between a controller and its driver: passes calls on as they are, and answers some of them with an error instead.
import http2 from 'node:http2';
import net from 'node:net';

/** A call that goes wrong. */
export type DriverFault = {
  /** The method of `replication.Controller`. */
  readonly call: 'PromoteVolume' | 'DemoteVolume' | 'ResyncVolume';
  /** Only about this volume. */
  readonly volumeHandle: string;
  /** Number of the gRPC status. */
  readonly code: number;
  readonly message: string;
  /** How many calls; all where left out. */
  readonly times?: number;
  /** The driver has carried it out all the same. */
  readonly isDone?: boolean;
};

export type FaultyDriver = {
  readonly address: string;
  /** From now on. */
  inject(faults: readonly DriverFault[]): void;
  clear(): void;
  /** How many calls were answered with an error. */
  readonly met: () => number;
  close(): void;
};

type Answer = { headers: http2.IncomingHttpHeaders; body: Buffer; trailers: http2.IncomingHttpHeaders };

const readAll = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const own = (headers: http2.IncomingHttpHeaders): http2.OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':') || name === ':status'));

const ask = (
  client: http2.ClientHttp2Session,
  headers: http2.IncomingHttpHeaders,
  body: Buffer,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = client.request({ ...headers, ':authority': 'localhost', ':scheme': 'http' });
    let answered: http2.IncomingHttpHeaders = {};
    let trailers: http2.IncomingHttpHeaders = {};
    request.on('response', (it) => (answered = it));
    request.on('trailers', (it) => (trailers = it));
    request.on('error', reject);
    readAll(request).then((text) => resolve({ headers: answered, body: text, trailers }), reject);
    request.end(body);
  });

const passOn = (stream: http2.ServerHttp2Stream, { headers, body, trailers }: Answer): void => {
  // An error comes as headers alone.
  if ('grpc-status' in headers) {
    stream.respond(own(headers), { endStream: true });
    return;
  }
  stream.respond(own(headers), { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(own(trailers)));
  stream.end(body);
};

const refuse = (stream: http2.ServerHttp2Stream, { code, message }: DriverFault): void =>
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc+proto',
      'grpc-status': String(code),
      'grpc-message': encodeURI(message),
    },
    { endStream: true },
  );

/** Serves the driver of one socket on another one. */
export const startFaultyDriver = async (driverSocket: string, socketPath: string): Promise<FaultyDriver> => {
  const left = new Map<DriverFault, number>();
  let met = 0;
  let connected: http2.ClientHttp2Session | undefined;
  /** A driver whose site was dark is another one afterwards. */
  const client = (): http2.ClientHttp2Session => {
    if (connected !== undefined && !connected.closed && !connected.destroyed) return connected;
    connected = http2.connect('http://localhost', { createConnection: () => net.connect(driverSocket) });
    connected.on('error', () => undefined);
    return connected;
  };

  /** The name of a volume stands in the request as it is. */
  const take = (path: string, body: Buffer): DriverFault | undefined => {
    for (const [fault, times] of left) {
      if (!path.endsWith(`/${fault.call}`) || !body.includes(fault.volumeHandle)) continue;
      if (times === 1) left.delete(fault);
      else left.set(fault, times - 1);
      met += 1;
      return fault;
    }
    return undefined;
  };

  const server = http2.createServer();
  server.on('stream', (stream, headers) => {
    const answer = async (): Promise<void> => {
      const body = await readAll(stream);
      const fault = take(String(headers[':path']), body);
      const isPassed = fault === undefined || fault.isDone === true;
      const given = isPassed ? await ask(client(), headers, body) : undefined;
      if (fault !== undefined) refuse(stream, fault);
      else if (given !== undefined) passOn(stream, given);
    };
    stream.on('error', () => undefined);
    answer().catch(() => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM));
  });
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    address: `unix://${socketPath}`,
    inject: (faults) => {
      for (const fault of faults) left.set(fault, fault.times ?? Number.POSITIVE_INFINITY);
    },
    clear: () => left.clear(),
    met: () => met,
    close: () => {
      connected?.close();
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
};
