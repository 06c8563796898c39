import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';
import { builtInKinds } from '../../../sandbox/api-server/kinds/built-in.ts';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../../../sandbox/api-server/server.ts';
import { makeSiteCertificates } from '../../../sandbox/certificates.ts';

/** An answer; `body` is the parsed JSON, or the text where it is none. */
export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Json };

/** JSON that a test reads into without caring for its shape. */
// biome-ignore lint/suspicious/noExplicitAny: a wrong path is undefined, and fails the test
export type Json = any;

export type Send = (
  method: string,
  path: string,
  options?: { body?: unknown; headers?: Record<string, string>; timeoutMs?: number },
) => Promise<Answer>;

export type RunningServer = {
  server: ApiServer;
  /** As a member of `system:masters`. */
  send: Send;
  /** Without a client certificate. */
  sendAnonymously: Send;
  /** The lines of a watch, as they come; it ends with the test's `close`. */
  watch: (path: string, headers?: Record<string, string>) => Promise<WatchLines>;
  close: () => Promise<void>;
};

export type WatchLines = {
  /** The next line; rejects when the stream ends before. */
  next: () => Promise<Json>;
  /** Resolves when the server ends the stream. */
  ended: Promise<void>;
};

const certificates = await makeSiteCertificates({ site: 'test', now: Date.now() });

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch {
    return text as Json;
  }
};

const bytesOf = (body: unknown): Buffer => {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
};

const senderWith =
  (agent: Agent, url: string): Send =>
  (method, path, { body, headers = {}, timeoutMs = 10_000 } = {}) =>
    new Promise((resolve, reject) => {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const data = bytesOf(body);
      const length = { 'content-length': String(data.length) };
      const sent = request(
        `${url}${path}`,
        { agent, method, headers: { 'content-type': type, ...length, ...headers }, timeout: timeoutMs },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk) => {
            text += chunk;
          });
          response.once('error', reject).once('end', () => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed(text) });
          });
        },
      );
      sent.once('timeout', () => sent.destroy(new Error('timed out')));
      sent.once('error', reject);
      sent.end(data);
    });

const openWatch = (
  agent: Agent,
  url: string,
  path: string,
  headers: Record<string, string>,
): Promise<WatchLines> =>
  new Promise((resolve, reject) => {
    const lines: string[] = [];
    const waiting: { resolve: (line: Json) => void; reject: (cause: Error) => void }[] = [];
    const sent = request(`${url}${path}`, { agent, headers }, (response) => {
      let rest = '';
      const ended = new Promise<void>((end) => {
        response.once('close', () => {
          for (const waiter of waiting.splice(0)) waiter.reject(new Error('the watch ended'));
          end();
        });
      });
      response
        .on('error', () => undefined)
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          const whole = (rest + chunk).split('\n');
          rest = whole.pop() ?? '';
          for (const line of whole) {
            const waiter = waiting.shift();
            if (waiter === undefined) lines.push(line);
            else waiter.resolve(JSON.parse(line));
          }
        });
      resolve({
        ended,
        next: () => {
          const line = lines.shift();
          if (line !== undefined) return Promise.resolve(JSON.parse(line));
          return new Promise((give, refuse) => {
            waiting.push({ resolve: give, reject: refuse });
          });
        },
      });
    });
    sent.once('error', reject);
    sent.end();
  });

/** Starts a server for one test file. */
export const runServer = async (options: Partial<ApiServerOptions> = {}): Promise<RunningServer> => {
  const { ca, serverCert, serverKey, clientCert, clientKey, serviceAccountKey } = certificates;
  const server = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    tls: { cert: serverCert, key: serverKey },
    clientCa: ca,
    tokenKey: serviceAccountKey,
    kinds: builtInKinds,
    now: Date.now,
    log: (message) => {
      throw new Error(message);
    },
    ...options,
  });
  const admin = new Agent({ keepAlive: true, ca, cert: clientCert, key: clientKey });
  const nobody = new Agent({ keepAlive: true, ca });
  return {
    server,
    send: senderWith(admin, server.url),
    sendAnonymously: senderWith(nobody, server.url),
    watch: (path, headers = {}) => openWatch(admin, server.url, path, headers),
    close: async () => {
      admin.destroy();
      nobody.destroy();
      await server.close();
    },
  };
};

const manifests = new URL('../../../manifests/crds/', import.meta.url);

/** Creates the CRDs of this product. */
export const installCrds = async (send: Send): Promise<void> => {
  for (const file of readdirSync(manifests).filter((name) => name.endsWith('.yaml'))) {
    const body = parse(readFileSync(new URL(file, manifests), 'utf8'));
    const answer = await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  }
};

export const replications =
  '/apis/replication.storage.openshift.io/v1alpha1/namespaces/default/volumereplications';

/** A VolumeReplication that the CRD accepts. */
export const replication = (name: string, metadata: object = {}) => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name, ...metadata },
  spec: {
    volumeReplicationClass: 'class',
    replicationState: 'primary',
    dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name: 'claim' },
  },
});

export const configMaps = '/api/v1/namespaces/default/configmaps';

export const configMap = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data: { a: '1' },
});
