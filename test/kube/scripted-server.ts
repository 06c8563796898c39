import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Cluster } from '../../kube/cluster.ts';
import { type ConnectOptions, connect } from '../../kube/connect.ts';
import { makeSiteCertificates } from '../../sandbox/certificates.ts';
import { kubeconfigFor } from './embedded-cluster.ts';

const certificates = await makeSiteCertificates({ site: 'scripted', now: Date.now() });

/** An HTTPS server that answers as a test says, for what no well-behaved API server does. */
export type ScriptedServer = {
  url: string;
  cluster: Cluster;
  requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  /** Sockets that were opened so far. */
  connections(): number;
  close(): Promise<void>;
};

export const startScriptedServer = async (
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
  options: Partial<ConnectOptions> = {},
): Promise<ScriptedServer> => {
  const requests: ScriptedServer['requests'] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(
    { cert: certificates.serverCert, key: certificates.serverKey },
    (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.once('end', () => {
        const { method = '', url = '', headers } = request;
        requests.push({ method, url, headers, body });
        answer(request, response, requests.length);
      });
    },
  );
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cluster = connect({ kubeconfig: kubeconfigFor(url, certificates), random: () => 0, ...options });
  return {
    url,
    cluster,
    requests,
    connections: () => connections,
    close: async () => {
      cluster.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Sends JSON with a status. */
export const sendJson = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
};
