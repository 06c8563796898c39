import type { IncomingMessage, ServerResponse } from 'node:http';
import { createWebhookAdmission, type WebhookAdmission } from './admission/webhooks.ts';
import { type Authenticate, createAuthenticator } from './authentication/authenticate.ts';
import { actingCaller } from './authentication/impersonation.ts';
import { createTokenSigner, generateTokenKey } from './authentication/web-token.ts';
import { type Authorizer, createAuthorizer } from './authorization/authorizer.ts';
import { createBootstrapObjects } from './bootstrap.ts';
import { cleanUpDefinitions, serveDefinitions } from './discovery/definition-lifecycle.ts';
import { createDiscovery } from './discovery/discovery-requests.ts';
import { createServedKinds } from './discovery/served-kinds.ts';
import type { Handler } from './http/exchange.ts';
import { type Listener, startListener } from './http/listener.ts';
import { readBody } from './http/request-body.ts';
import { replyOfThrown, respond } from './http/respond.ts';
import type { Kind } from './kind.ts';
import { withBuiltInAdmission } from './objects/built-in-admission.ts';
import type { Machinery } from './objects/machinery.ts';
import { timeText } from './objects/metadata.ts';
import { createOpenApi } from './openapi/openapi-requests.ts';
import { createDispatch } from './request/dispatch.ts';
import { reviewResources } from './request/review-resources.ts';
import { createSchemaCompiler } from './schema/compiled.ts';
import { expireEvents } from './store/expire-events.ts';
import type { DiskJournal } from './store/journal.ts';
import { createStore, type Store } from './store/store.ts';
import { keyOf } from './store/stored-object.ts';

/** What an API server is started with. PEM texts; port 0 takes a free one. */
export type ApiServerOptions = {
  host: string;
  port: number;
  tls: { cert: string; key: string };
  /** Client certificates that it signed are believed: the common name is the user, the organizations are the groups. */
  clientCa: string;
  kinds: readonly Kind[];
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Hears of failures that no client caused, one text each. */
  log: (message: string) => void;
  /** How many changes a watch may lag behind before it must list again; 5,000 unless told otherwise. */
  historyWindow?: number;
  /** Where the objects are kept beyond the process; the server closes it. */
  journal?: DiskJournal;
  /** PEM of the key that signs service account tokens; a new one unless told otherwise. */
  tokenKey?: string;
  signal?: AbortSignal;
};

/** A running API server, and the ways to make it fail like a lost site. */
export type ApiServer = Listener & { url: string };

const usualHistoryWindow = 5000;

type Front = {
  authenticate: Authenticate;
  authorizer: Authorizer;
  handle: Handler;
  log: (message: string) => void;
};

const splitOnce = (text: string, separator: string): [string, string] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

/** One request from the socket to the answer. */
const serve = async (front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { authenticate, authorizer, handle, log } = front;
  try {
    const [path, search] = splitOnce(request.url ?? '/', '?');
    const reply = await handle({
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(search),
      headers: request.headers,
      caller: actingCaller(authenticate(request), request.headers, authorizer),
      readBody: () => readBody(request),
    });
    respond(request, response, reply);
  } catch (thrown) {
    respond(request, response, replyOfThrown(thrown, log));
  }
};

const configurationCollections = {
  mutating: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  validating: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
} as const;

const webhookAdmissionOf = (store: Store, log: (message: string) => void): WebhookAdmission =>
  createWebhookAdmission({
    configurations: (kind) => store.list(configurationCollections[kind]).map(({ object }) => object),
    namespaceLabels: (name) => {
      const namespace = store.get('namespaces', keyOf(undefined, name));
      return namespace === undefined ? undefined : (namespace.object.metadata.labels ?? {});
    },
    onIgnoredFailure: (webhook, message) => log(`Webhook ${webhook} was passed over: ${message}`),
  });

/**
 * Starts an API server. Rejects with a `DrError` (`PortInUse`, `CannotListen`) where it cannot listen. The signal, where given,
 * closes it.
 */
export const startApiServer = async (options: ApiServerOptions): Promise<ApiServer> => {
  const { host, now, log } = options;
  const store = createStore({
    historyWindow: options.historyWindow ?? usualHistoryWindow,
    ...(options.journal === undefined ? {} : { journal: options.journal }),
  });
  const kinds = createServedKinds(options.kinds);
  const stops = [
    serveDefinitions(store, kinds),
    cleanUpDefinitions(store, () => timeText(now())),
    expireEvents(store, now),
  ];
  const webhooks = webhookAdmissionOf(store, log);
  const admission = withBuiltInAdmission(store, webhooks);
  const machinery: Machinery = { store, kinds, compile: createSchemaCompiler(), admission, now };
  await createBootstrapObjects(machinery);

  const authorizer = createAuthorizer(store);
  const signer = createTokenSigner(options.tokenKey ?? generateTokenKey());
  const reviews = reviewResources({ authorizer, store, signer, now });
  let address = '';
  const front: Front = {
    authenticate: createAuthenticator({ store, signer, now }),
    authorizer,
    handle: createDispatch({
      machinery,
      authorizer,
      signer,
      reviews,
      discovery: createDiscovery(kinds, reviews, () => address),
      openApi: createOpenApi(kinds),
    }),
    log,
  };
  const listener = await startListener({
    host,
    port: options.port,
    tls: options.tls,
    clientCa: options.clientCa,
    onRequest: (request, response) => void serve(front, request, response),
  });
  address = `${host}:${listener.port}`;
  const close = async () => {
    for (const stop of stops) stop();
    await listener.close();
    webhooks.close();
    await options.journal?.close();
  };
  options.signal?.addEventListener('abort', () => void close(), { once: true });
  return { ...listener, url: `https://${address}`, close };
};
