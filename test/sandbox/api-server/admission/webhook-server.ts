import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import forge from 'node-forge';

/** A self-signed certificate for 127.0.0.1. */
const certificate = () => {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const made = forge.pki.createCertificate();
  made.publicKey = keys.publicKey;
  made.serialNumber = '01';
  made.validity.notBefore = new Date(Date.now() - 60_000);
  made.validity.notAfter = new Date(Date.now() + 3_600_000);
  const name = [{ name: 'commonName', value: 'webhook' }];
  made.setSubject(name);
  made.setIssuer(name);
  made.setExtensions([
    { name: 'basicConstraints', cA: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 7, ip: '127.0.0.1' },
        { type: 2, value: 'guard.dr.svc' },
      ],
    },
  ]);
  made.sign(keys.privateKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(made), key: forge.pki.privateKeyToPem(keys.privateKey) };
};

export type Review = {
  path: string;
  headers: Record<string, unknown>;
  body: { request: { uid: string; name?: string } };
};

/** What the webhook does with a review: an AdmissionResponse without its uid, or a whole answer. */
export type Behaviour = (review: Review) => object | { status: number; text: string } | 'never';

export type WebhookServer = {
  url: string;
  port: number;
  caBundle: string;
  reviews: Review[];
  connections: () => number;
  behave: (behaviour: Behaviour) => void;
  close: () => Promise<void>;
};

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

/** A webhook over real TLS. */
export const startWebhook = async (): Promise<WebhookServer> => {
  const tls = certificate();
  const reviews: Review[] = [];
  let behaviour: Behaviour = () => ({ allowed: true });
  let connections = 0;
  const server = createServer(tls, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Review['body'];
      const review = { path: request.url ?? '', headers: request.headers, body };
      reviews.push(review);
      const answer = behaviour(review);
      if (answer === 'never') return;
      if ('status' in answer && 'text' in answer && typeof answer.status === 'number') {
        response.writeHead(answer.status).end(answer.text);
        return;
      }
      response.setHeader('content-type', 'application/json');
      const wrapped = { uid: body.request.uid, ...answer };
      response.end(
        JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: wrapped }),
      );
    });
  });
  server.on('secureConnection', () => connections++);
  const port = await listen(server);
  return {
    url: `https://127.0.0.1:${port}/validating`,
    port,
    caBundle: Buffer.from(tls.cert).toString('base64'),
    reviews,
    connections: () => connections,
    behave: (next) => {
      behaviour = next;
      reviews.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
