import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { parse, stringify } from 'yaml';

/** A write that the API server did: `cluster-1 POST /api/v1/persistentvolumes`. */
export type Write = string;

/** A request of the executable, as far as tests choose by it. */
export type SeenRequest = {
  /** The context. */
  readonly site: string;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly body: string;
};

/** What the executable gets instead of an answer: a status of the API server, a connection that is cut, or nothing. */
export type Fault = { readonly status: number } | 'reset' | 'hang';

type Told = Fault | undefined | Promise<Fault | undefined>;

/** Where a test may step in between. What it awaits there delays the executable. */
export type ProxyHooks = {
  /** Before the server sees a request; a fault means that it never does. */
  readonly before?: (request: SeenRequest) => Told;
  /** The server has answered; with a fault the executable does not learn what. */
  readonly after?: (request: SeenRequest, status: number) => Told;
  /** Called once the server has done a write, and before the executable hears of it. */
  readonly onWrite?: (count: number, write: Write) => void;
  /** Each object or list that is read, and each line of a watch, as the executable is to see it. */
  readonly rewrite?: (site: string, text: string) => string;
};

/** Stands between an executable and the API servers of some contexts, and counts what is written. */
export type CountingProxy = {
  /** A kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  /** Writes that the servers did so far, in order; those of records, leases and Events are not among them. */
  readonly writes: readonly Write[];
  /** Ends all watches that are open, as a server that is restarted does; answers how many there were. */
  cutWatches(): number;
  end(): Promise<void>;
};

type Entry = { name: string; cluster: Record<string, string>; user: Record<string, string> };
type Config = {
  clusters: Entry[];
  users: Entry[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
};

const decoded = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');

/** Whether somebody would call it a change: what is only tried is none, and records are renewed as time passes. */
const isCounted = ({ method, url = '' }: http.IncomingMessage): boolean =>
  ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method ?? '') &&
  !url.includes('dryRun=') &&
  !/reviews|\/operations\b|\/leases\b|\/events\b/.test(url);

const answerFault = (response: http.ServerResponse, fault: Fault): void => {
  if (fault === 'reset') response.destroy();
  if (typeof fault === 'string') return;
  const { status } = fault;
  const reasons: Record<number, string> = { 429: 'TooManyRequests', 500: 'InternalError', 504: 'Timeout' };
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: `a test answers ${status}`,
    reason: reasons[status] ?? 'Unknown',
    code: status,
  };
  const more = status === 429 ? { 'retry-after': '1' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...more });
  response.end(JSON.stringify(body));
};

/** Passes an answer on, rewritten: a watch line by line, anything else as a whole. */
const passRewritten = (
  answer: http.IncomingMessage,
  response: http.ServerResponse,
  { isWatch, rewrite }: { isWatch: boolean; rewrite: (text: string) => string },
): void => {
  let pending = '';
  answer.setEncoding('utf8');
  answer.on('data', (chunk: string) => {
    pending += chunk;
    if (!isWatch) return;
    const end = pending.lastIndexOf('\n') + 1;
    for (const line of pending.slice(0, end).split('\n').filter(Boolean))
      response.write(`${rewrite(line)}\n`);
    pending = pending.slice(end);
  });
  const isObject = answer.headers['content-type']?.startsWith('application/json');
  answer.on('end', () => response.end(isWatch || !isObject ? pending : rewrite(pending)));
  answer.on('error', () => response.destroy());
};

type Shared = {
  readonly hooks: ProxyHooks;
  readonly writes: Write[];
  readonly underWay: Set<Promise<void>>;
  readonly watches: Set<http.ServerResponse>;
};

type Upstream = { readonly site: string; readonly url: URL; readonly agent: https.Agent };

const upstreamOf = (config: Config, site: string): Upstream => {
  const context = config.contexts.find(({ name }) => name === site)!.context;
  const cluster = config.clusters.find(({ name }) => name === context.cluster)!.cluster;
  const user = config.users.find(({ name }) => name === context.user)!.user;
  const agent = new https.Agent({
    keepAlive: true,
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  });
  return { site, url: new URL(cluster['server']!), agent };
};

const bodyOf = async (request: http.IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** Asks the server; undefined where it cannot be reached. */
const ask = (
  request: http.IncomingMessage,
  { url, agent }: Upstream,
  { body, headers, until }: { body: Buffer; headers: object; until: AbortSignal | undefined },
): Promise<http.IncomingMessage | undefined> =>
  new Promise((resolve) => {
    const onward = https.request({
      agent,
      host: url.hostname,
      port: url.port,
      method: request.method,
      path: request.url,
      headers: { ...request.headers, host: url.host, ...headers },
      ...(until !== undefined && { signal: until }),
    });
    onward.once('response', resolve);
    onward.on('error', () => resolve(undefined));
    onward.end(body);
  });

const pass = async (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  upstream: Upstream,
  { hooks, writes, watches }: Shared,
): Promise<void> => {
  const { site } = upstream;
  const isWatch = /[?&]watch=(true|1)/.test(request.url ?? '');
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const body = await bodyOf(request);
  const [path = ''] = (request.url ?? '').split('?');
  const seen = { site, method: request.method ?? '', path, body: body.toString() };
  const refused = await hooks.before?.(seen);
  if (refused !== undefined) return answerFault(response, refused);
  const headers = hooks.rewrite === undefined ? {} : { 'accept-encoding': 'identity' };
  // What was sent by an executable that is dead by now still reaches the server, as it would without us.
  const until = seen.method === 'GET' ? gone.signal : undefined;
  const answer = await ask(request, upstream, { body, headers, until });
  if (answer === undefined) {
    response.destroy();
    return;
  }
  const status = answer.statusCode ?? 500;
  answer.on('error', () => response.destroy());
  if (isCounted(request) && status < 300) {
    const write = `${site} ${seen.method} ${seen.path}`;
    writes.push(write);
    hooks.onWrite?.(writes.length, write);
  }
  const lost = await hooks.after?.(seen, status);
  if (lost !== undefined) {
    answer.resume();
    return answerFault(response, lost);
  }
  if (isWatch) {
    watches.add(response);
    response.on('close', () => watches.delete(response));
  }
  const { rewrite } = hooks;
  const { 'content-length': length, ...others } = answer.headers;
  response.writeHead(status, rewrite === undefined ? answer.headers : others);
  // A watch of which nothing happens has to be known as open all the same.
  response.flushHeaders();
  if (rewrite === undefined || length === '0') answer.pipe(response);
  else passRewritten(answer, response, { isWatch, rewrite: (text) => rewrite(site, text) });
};

const serve = async (upstream: Upstream, shared: Shared): Promise<http.Server> => {
  const server = http.createServer((request, response) => {
    const passed = pass(request, response, upstream, shared).catch(() => void response.destroy());
    if (request.method === 'GET') return;
    shared.underWay.add(passed);
    void passed.finally(() => shared.underWay.delete(passed));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

const portOf = (server: http.Server): number => (server.address() as AddressInfo).port;

/** Starts a proxy for contexts of a kubeconfig; plain HTTP on this side, TLS with the user's certificate on the other. */
export const startProxies = async (
  kubeconfigPath: string,
  contexts: readonly string[],
  hooks: ProxyHooks,
): Promise<CountingProxy> => {
  const config = parse(readFileSync(kubeconfigPath, 'utf8')) as Config;
  const upstreams = contexts.map((context) => upstreamOf(config, context));
  const shared: Shared = { hooks, writes: [], underWay: new Set(), watches: new Set() };
  const servers = await Promise.all(upstreams.map((upstream) => serve(upstream, shared)));
  const clusterOf = (context: string) =>
    config.contexts.find(({ name }) => name === context)?.context.cluster ?? '';
  const ports = new Map(servers.map((server, index) => [clusterOf(contexts[index]!), portOf(server)]));
  const kubeconfig = `${kubeconfigPath}.proxy-${[...ports.values()].join('-')}`;
  writeFileSync(
    kubeconfig,
    stringify({
      ...config,
      clusters: config.clusters.map((entry) =>
        ports.has(entry.name)
          ? { name: entry.name, cluster: { server: `http://127.0.0.1:${ports.get(entry.name)}` } }
          : entry,
      ),
    }),
  );
  return {
    kubeconfig,
    writes: shared.writes,
    cutWatches: () => {
      const open = [...shared.watches];
      for (const response of open) response.destroy();
      return open.length;
    },
    end: async () => {
      await Promise.all(shared.underWay);
      for (const { agent } of upstreams) agent.destroy();
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
};

/** A proxy for one context that only counts. */
export const startCountingProxy = (
  kubeconfigPath: string,
  contextName: string,
  onWrite: NonNullable<ProxyHooks['onWrite']>,
): Promise<CountingProxy> => startProxies(kubeconfigPath, [contextName], { onWrite });
