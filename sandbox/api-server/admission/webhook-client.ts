import { Agent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { goQuote } from '../schema/finding.ts';
import type { WebhookClientConfig } from './webhook.ts';

/** Finds where a service listens; undefined where nothing serves it. */
export type ServiceResolver = (service: {
  namespace: string;
  name: string;
  port: number;
}) => { host: string; port: number } | undefined;

/** A call that brought no answer; the message is kube-apiserver's. */
export class CallFailed extends Error {}

/** Where to connect, and what the URL in messages says. */
type Endpoint = { url: URL; host: string; port: number; serverName: string };

const endpointOf = ({ url, service }: WebhookClientConfig, resolve: ServiceResolver): Endpoint => {
  if (url !== undefined) {
    const parsed = new URL(url);
    const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
    return { url: parsed, host, port: Number(parsed.port || 443), serverName: host };
  }
  if (service === undefined) throw new CallFailed('webhook configuration must have either service or URL');
  const { namespace, name, path = '/', port = 443 } = service;
  const serverName = `${name}.${namespace}.svc`;
  const target = new URL(`https://${serverName}:${port}${path.startsWith('/') ? path : `/${path}`}`);
  const found = resolve({ namespace, name, port });
  if (found === undefined) throw new CallFailed(`Post "${target.href}": service ${goQuote(name)} not found`);
  return { url: target, ...found, serverName };
};

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';

type Reason = (endpoint: Endpoint, cause: unknown) => string;

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const reset: Reason = () => 'EOF';
const unknownAuthority: Reason = () =>
  'tls: failed to verify certificate: x509: certificate signed by unknown authority';

/** Failures to connect, by Node's codes, in Go's words. */
const reasons: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: ({ host, port }) =>
    `dial tcp ${host.includes(':') ? `[${host}]` : host}:${port}: connect: connection refused`,
  ECONNRESET: reset,
  EPIPE: reset,
  EPROTO: (_, cause) =>
    textOf(cause).includes('SSL alert number 40') ? 'remote error: tls: handshake failure' : textOf(cause),
  ENOTFOUND: ({ host }) => `dial tcp: lookup ${host}: no such host`,
  EAI_AGAIN: ({ host }) => `dial tcp: lookup ${host}: no such host`,
  CERT_HAS_EXPIRED: () =>
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  ERR_TLS_CERT_ALTNAME_INVALID: (_, cause) => `tls: failed to verify certificate: x509: ${textOf(cause)}`,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
};

const serverMessages: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** An answer other than 2xx (apimachinery, `NewGenericServerResponse`). Only a text is quoted. */
const refusalText = (status: number, contentType: string, body: string): string => {
  const said = contentType === '' || contentType.startsWith('text/') ? body.trim() : 'unknown';
  if (status === 403) return said;
  const known = serverMessages[status];
  if (known !== undefined) return known;
  return status >= 500
    ? `an error on the server (${goQuote(said)}) has prevented the request from succeeding`
    : `the server responded with the status code ${status} but did not return more information`;
};

type Answer = { status: number; contentType: string; body: string };
type Sent = { answer: Answer } | { failed: unknown; onReusedSocket: boolean };

const send = (endpoint: Endpoint, agent: Agent, body: string, signal: AbortSignal): Promise<Sent> =>
  new Promise((resolve) => {
    const { url, host, port } = endpoint;
    const request = httpsRequest(
      {
        agent,
        host,
        port,
        signal,
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: {
          host: url.host,
          accept: 'application/json, */*',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'kube-apiserver-admission',
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (failed) => resolve({ failed, onReusedSocket: false }));
        response.on('end', () => {
          const contentType = response.headers['content-type'] ?? '';
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ answer: { status: response.statusCode ?? 0, contentType, body: text } });
        });
      },
    );
    request.on('error', (failed) => resolve({ failed, onReusedSocket: request.reusedSocket }));
    request.end(body);
  });

/** Calls webhooks over TLS; keeps connections to each open between calls. */
export type WebhookClient = {
  /** Posts a review and answers the body; `timeoutSeconds` is told to the webhook, too. Throws a `CallFailed`. */
  post: (config: WebhookClientConfig, body: string, timeoutSeconds: number) => Promise<string>;
  close: () => void;
};

/** How long an idle connection to a webhook is kept, in milliseconds: under the 5 s after which a Node server closes it. */
const idleTimeout = 4_000;

const failureText = (endpoint: Endpoint, failed: unknown, timedOut: boolean): string => {
  const reason = timedOut
    ? 'context deadline exceeded'
    : (reasons[codeOf(failed)]?.(endpoint, failed) ?? textOf(failed));
  return `Post "${endpoint.url.href}": ${reason}`;
};

export const createWebhookClient = (resolve: ServiceResolver): WebhookClient => {
  const agents = new Map<string, Agent>();
  const agentFor = ({ host, port, serverName }: Endpoint, caBundle: string): Agent => {
    const key = `${host}:${port} ${serverName} ${caBundle}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    const ca = caBundle === '' ? {} : { ca: Buffer.from(caBundle, 'base64').toString('utf8') };
    // An address is no server name (RFC 6066); certificates are then checked against the host.
    const servername = isIP(serverName) === 0 ? serverName : '';
    const agent = new Agent({ keepAlive: true, timeout: idleTimeout, servername, ...ca });
    agents.set(key, agent);
    return agent;
  };
  return {
    post: async (config, body, timeoutSeconds) => {
      const endpoint = endpointOf(config, resolve);
      endpoint.url.searchParams.set('timeout', `${timeoutSeconds}s`);
      const agent = agentFor(endpoint, config.caBundle ?? '');
      const signal = AbortSignal.timeout(timeoutSeconds * 1000);
      const first = await send(endpoint, agent, body, signal);
      // The webhook may have closed an idle connection just as it was taken up again: then nobody has seen the review.
      const lost = 'failed' in first && first.onReusedSocket && codeOf(first.failed) === 'ECONNRESET';
      const sent = lost && !signal.aborted ? await send(endpoint, agent, body, signal) : first;
      if ('failed' in sent) throw new CallFailed(failureText(endpoint, sent.failed, signal.aborted));
      const { status, contentType, body: answer } = sent.answer;
      if (status < 200 || status > 299) throw new CallFailed(refusalText(status, contentType, answer));
      return answer;
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
};
