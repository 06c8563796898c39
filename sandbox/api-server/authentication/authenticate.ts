import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { failures } from '../http/failure.ts';
import type { Store } from '../store/store.ts';
import { anonymous, type Caller } from './caller.ts';
import { type CertificateClaim, readCertificate } from './certificate.ts';
import { tokenIssuer, verifyServiceAccountToken } from './service-account-token.ts';
import type { TokenSigner } from './web-token.ts';

/** Finds out who sends a request; refuses (401) credentials that are not to be believed. */
export type Authenticate = (request: IncomingMessage) => Caller;

const bearerOf = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];

/** Knows client certificates and service account tokens; who sends neither is anonymous. */
export const createAuthenticator = (parts: {
  store: Store;
  signer: TokenSigner;
  now: () => number;
}): Authenticate => {
  // A connection shows its certificate once.
  const claims = new WeakMap<TLSSocket, CertificateClaim>();

  const certificateOf = (socket: unknown): CertificateClaim => {
    if (!(socket instanceof TLSSocket)) return { type: 'none' };
    const known = claims.get(socket);
    if (known !== undefined) return known;
    const read = readCertificate(socket);
    claims.set(socket, read);
    return read;
  };

  return (request) => {
    const certificate = certificateOf(request.socket);
    if (certificate.type === 'valid') return certificate.caller;
    const token = bearerOf(request);
    if (token === undefined && certificate.type === 'none') return anonymous;
    const verified =
      token === undefined ? undefined : verifyServiceAccountToken(token, { ...parts, now: parts.now() });
    if (verified === undefined || !verified.audiences.includes(tokenIssuer)) throw failures.unauthorized();
    return verified.caller;
  };
};
