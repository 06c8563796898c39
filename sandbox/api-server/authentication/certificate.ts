import type { PeerCertificate, TLSSocket } from 'node:tls';
import { authenticatedGroup, type Caller } from './caller.ts';

const listOf = (value: string | readonly string[] | undefined): readonly string[] => {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
};

const credentialId = ({ fingerprint256 }: PeerCertificate): string =>
  `X509SHA256=${fingerprint256.replaceAll(':', '').toLowerCase()}`;

/** What the client certificate of a connection says: common name is the user, organizations are the groups. */
export type CertificateClaim = { type: 'none' } | { type: 'invalid' } | { type: 'valid'; caller: Caller };

/** Reads the certificate that the client showed; `invalid` where it is not signed by the client CA, or expired. */
export const readCertificate = (socket: TLSSocket): CertificateClaim => {
  const certificate = socket.getPeerCertificate();
  const subject: Partial<Record<'CN' | 'O', string | string[]>> | undefined = certificate.subject;
  if (subject === undefined) return { type: 'none' };
  const [name] = listOf(subject.CN);
  if (!socket.authorized || name === undefined) return { type: 'invalid' };
  return {
    type: 'valid',
    caller: {
      name,
      groups: [...listOf(subject.O), authenticatedGroup],
      extra: { 'authentication.kubernetes.io/credential-id': [credentialId(certificate)] },
    },
  };
};
