import { once } from 'node:events';
import { createServer } from 'node:https';
import { json } from 'node:stream/consumers';

type Review = {
  request: { uid: string; operation: string; resource: { resource: string }; dryRun: boolean };
};

/** A webhook that lets everything in and writes down who was asked, or whose guard refuses everything. */
export type RecordingReviewer = {
  readonly port: number;
  refuse(isRefusing: boolean): void;
  /** `<last part of the path> <operation> <resource>` of each review since the last call, in order. */
  taken(): string[];
  close(): Promise<void>;
};

export const startRecordingReviewer = async (tls: {
  cert: string;
  key: string;
}): Promise<RecordingReviewer> => {
  let isRefusing = false;
  let seen: string[] = [];
  const server = createServer(tls, async (request, response) => {
    const { uid, operation, resource } = ((await json(request)) as Review).request;
    const [, path = ''] = /\/([a-z]+)\?timeout=[23]s$/.exec(request.url ?? '') ?? [];
    seen.push(`${path} ${operation} ${resource.resource}`);
    const isRefused = isRefusing && path === 'guard';
    const verdict = isRefused ? { allowed: false, status: { code: 403, message: 'no' } } : { allowed: true };
    // A kept connection would break in the caller's hands once the webhook is down.
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
    response.end(JSON.stringify({ ...review, response: { uid, ...verdict } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    refuse: (next) => {
      isRefusing = next;
    },
    taken: () => {
      const all = seen.sort();
      seen = [];
      return all;
    },
    close: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
