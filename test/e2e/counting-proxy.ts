import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { parse, stringify } from 'yaml';

/** A write that the API server did: `POST /api/v1/persistentvolumes`. */
export type Write = string;

/** Stands between an executable and the API server of one context, and counts what is written. */
export type CountingProxy = {
  /** A kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  /** Writes that the server did so far, in order. */
  readonly writes: readonly Write[];
  end(): Promise<void>;
};

type Entry = { name: string; cluster: Record<string, string>; user: Record<string, string> };
type Config = {
  clusters: Entry[];
  users: Entry[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
};

const decoded = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');

/** What the server refuses, or only tries, is no write; neither is a question about permissions. */
const isWrite = (request: http.IncomingMessage, status: number): boolean =>
  ['POST', 'PUT', 'PATCH', 'DELETE'].includes(request.method ?? '') &&
  status < 300 &&
  !request.url?.includes('dryRun=') &&
  !request.url?.includes('reviews');

/** Called once the server has done a write, and before the executable hears of it. */
export type OnWrite = (count: number) => void;

/** Starts a proxy for a context of a kubeconfig; plain HTTP on this side, TLS with the user's certificate on the other. */
export const startCountingProxy = async (
  kubeconfigPath: string,
  contextName: string,
  onWrite: OnWrite,
): Promise<CountingProxy> => {
  const config = parse(readFileSync(kubeconfigPath, 'utf8')) as Config;
  const context = config.contexts.find(({ name }) => name === contextName)!.context;
  const cluster = config.clusters.find(({ name }) => name === context.cluster)!.cluster;
  const user = config.users.find(({ name }) => name === context.user)!.user;
  const upstream = new URL(cluster['server']!);
  const agent = new https.Agent({
    keepAlive: true,
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  });
  const writes: Write[] = [];
  const underWay = new Set<Promise<void>>();
  const server = http.createServer((request, response) => {
    const answered = Promise.withResolvers<void>();
    if (request.method !== 'GET') underWay.add(answered.promise);
    const onward = https.request(
      {
        agent,
        host: upstream.hostname,
        port: upstream.port,
        method: request.method,
        path: request.url,
        headers: { ...request.headers, host: upstream.host },
      },
      (answer) => {
        if (isWrite(request, answer.statusCode ?? 500)) {
          writes.push(`${request.method} ${request.url?.split('?')[0]}`);
          onWrite(writes.length);
        }
        answered.resolve();
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => {
      answered.resolve();
      response.destroy();
    });
    // What was sent by an executable that is dead by now still reaches the server, as it would without us.
    if (request.method === 'GET') response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const kubeconfig = `${kubeconfigPath}.proxy`;
  const { port } = server.address() as AddressInfo;
  writeFileSync(
    kubeconfig,
    stringify({
      ...config,
      clusters: config.clusters.map((entry) =>
        entry.name === context.cluster
          ? { name: entry.name, cluster: { server: `http://127.0.0.1:${port}` } }
          : entry,
      ),
    }),
  );
  return {
    kubeconfig,
    writes,
    end: async () => {
      await Promise.all(underWay);
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
