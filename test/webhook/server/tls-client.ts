import { Agent, request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { makeSiteCertificates, type SiteCertificates } from '../../../sandbox/certificates.ts';
import { review } from './reviews.ts';

/** A CA with a leaf for 127.0.0.1 and a client's certificate. */
export const makeCertificates = (): Promise<SiteCertificates> =>
  makeSiteCertificates({ site: 'test', now: Date.now() });

/** A leaf as the server takes it. */
export const leafOf = ({ serverCert, serverKey, expires }: SiteCertificates) => ({
  cert: serverCert,
  key: serverKey,
  notAfter: Date.parse(expires),
});

export type ReviewSeen = { uid: string; status: number; connection: string; reused: boolean };

/** Sends one review over a connection of the agent's. Rejects where it is not answered. */
export const sendReview = (
  agent: Agent,
  { port, uid, path = '/validate/guard?timeout=10s' }: { port: number; uid: string; path?: string },
): Promise<ReviewSeen> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify(review({ uid }));
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const { response } = JSON.parse(text) as { response: { uid: string } };
        const { statusCode = 0, headers: received } = answer;
        const connection = String(received['connection']);
        resolve({ uid: response.uid, status: statusCode, connection, reused: sent.reusedSocket });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** One handshake; rejects with what the server says against it. */
export const shakeHands = (
  port: number,
  options: { ca: string; maxVersion?: 'TLSv1.2'; cert?: string; key?: string },
): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ...options }, () => resolve(socket));
    socket.once('error', reject);
  });

/** A client that keeps connections and trusts one CA or several. */
export const keptAlive = (ca: string | string[], maxSockets = 4): Agent =>
  new Agent({ keepAlive: true, maxSockets, ca });
