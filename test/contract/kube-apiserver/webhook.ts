import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyPair } from './certificates.ts';
import type { RecordedReview } from './recording.ts';

/** How the webhook answers; the titles of the recording name them. */
export type Mode =
  | 'allow'
  | 'deny'
  | 'deny-plain'
  | 'deny-422'
  | 'warn'
  | 'slow'
  | '500'
  | 'junk'
  | 'uid'
  | 'patch'
  | 'badpatch';

export type Webhook = {
  port: number;
  answer: (mode: Mode) => void;
  /** The reviews since the last call. */
  takeReviews: () => RecordedReview[];
  close: () => Promise<void>;
};

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

const patched = (patch: unknown) => ({ allowed: true, patchType: 'JSONPatch', patch: base64(patch) });

/** The `response` of the AdmissionReview; the other modes answer no review at all. */
const verdicts: Partial<Record<Mode, object>> = {
  allow: { allowed: true },
  deny: { allowed: false, status: { code: 403, message: 'DR001: no.' } },
  'deny-plain': { allowed: false },
  'deny-422': { allowed: false, status: { code: 422, message: 'bad', reason: 'Invalid' } },
  warn: { allowed: true, warnings: ['DRW101: be careful', 'second'] },
  uid: { uid: 'wrong', allowed: true },
  patch: patched([{ op: 'add', path: '/metadata/annotations', value: { patched: 'yes' } }]),
  badpatch: patched([{ op: 'replace', path: '/nope/x', value: 1 }]),
};

const readJson = async (request: IncomingMessage): Promise<{ request: { uid: string } }> => {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
};

const shownHeaders = ['content-type', 'accept', 'user-agent'];

const reviewOf = (request: IncomingMessage, review: unknown): RecordedReview => ({
  path: request.url ?? '',
  http: request.httpVersion,
  headers: Object.fromEntries(shownHeaders.map((name) => [name, String(request.headers[name])])),
  review,
});

const respond = (response: ServerResponse, mode: Mode, uid: string): void => {
  // A kept connection would break in the caller's hands once the webhook is down.
  response.setHeader('connection', 'close');
  // Longer than the second that the configuration allows; the caller hangs up first.
  if (mode === 'slow') return;
  if (mode === '500') {
    response.writeHead(500).end('boom');
    return;
  }
  response.setHeader('content-type', 'application/json');
  if (mode === 'junk') {
    response.end(JSON.stringify('junk'));
    return;
  }
  const verdict = { uid, ...verdicts[mode] };
  response.end(
    JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: verdict }),
  );
};

/** Starts a webhook on 127.0.0.1 that answers in one mode at a time. */
export const startWebhook = async (certificate: KeyPair): Promise<Webhook> => {
  let mode: Mode = 'allow';
  let reviews: RecordedReview[] = [];
  const server = https.createServer(certificate, (request, response) => {
    void readJson(request).then((review) => {
      reviews.push(reviewOf(request, review));
      respond(response, mode, review.request.uid);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    answer: (next) => {
      mode = next;
    },
    takeReviews: () => {
      const taken = reviews;
      reviews = [];
      return taken;
    },
    close: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
