import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { certificatesIn, isAuthority, isSignedByOneOf, lifeOf, whyNoPair } from './read-certificate.ts';
import type { KeyPair } from './sign-certificate.ts';

/** All that a rotation has to remember between two steps; it is what the Secret holds. */
export type CertificateSet = {
  /** Signs leaves now. */
  readonly authority: KeyPair;
  /** Undefined where the Secret holds none that the authority signed. */
  readonly leaf: KeyPair | undefined;
  /** Published already, to sign the next leaf. */
  readonly next: KeyPair | undefined;
  /** Published still, because somebody may show a leaf that one of them signed. */
  readonly old: readonly string[];
  /** When `old` goes, milliseconds since the epoch; 0 where there is none. */
  readonly retireAfter: number;
};

/** `v1` Secret, what is read of it. */
export type Secret = KubernetesObject & { type?: string; data?: Record<string, string> };

const decoded = (secret: Secret, entry: string): string =>
  Buffer.from(secret.data?.[entry] ?? '', 'base64').toString('utf8');

const pairIn = (secret: Secret, name: string): KeyPair => ({
  certificate: decoded(secret, `${name}.crt`),
  key: decoded(secret, `${name}.key`),
});

const authorityIn = (secret: Secret, name: string): KeyPair | string => {
  const pair = pairIn(secret, name);
  const why = whyNoPair(pair.certificate, pair.key);
  if (why !== undefined) return `${name}.crt and ${name}.key: ${why}`;
  return isAuthority(pair.certificate) ? pair : `${name}.crt is no authority`;
};

const leafIn = (secret: Secret, authority: KeyPair): KeyPair | undefined => {
  const pair = pairIn(secret, 'tls');
  const isUsable =
    whyNoPair(pair.certificate, pair.key) === undefined &&
    isSignedByOneOf(authority.certificate, pair.certificate);
  return isUsable ? pair : undefined;
};

/** When the old authorities may go; where that cannot be read, once they have all expired. */
const retirementIn = (secret: Secret, old: readonly string[]): number => {
  const time = Date.parse(decoded(secret, 'old-ca.retire-after'));
  return Number.isNaN(time) ? Math.max(0, ...old.map((pem) => lifeOf(pem).notAfter)) : time;
};

/** Reads a Secret; answers why where it holds no authority to go on with. Other parts that make no sense are left out. */
export const readCertificateSet = (secret: Secret): CertificateSet | string => {
  const authority = authorityIn(secret, 'ca');
  if (typeof authority === 'string') return authority;
  const next = authorityIn(secret, 'next-ca');
  const old = certificatesIn(decoded(secret, 'old-ca.crt')).filter(isAuthority);
  return {
    authority,
    leaf: leafIn(secret, authority),
    next: typeof next === 'string' ? undefined : next,
    old,
    retireAfter: old.length === 0 ? 0 : retirementIn(secret, old),
  };
};

/** The `data` of a Secret that holds a set. */
export const secretDataOf = ({
  authority,
  leaf,
  next,
  old,
  retireAfter,
}: CertificateSet): Record<string, string> => {
  const entries: Record<string, string> = {
    'ca.crt': authority.certificate,
    'ca.key': authority.key,
    ...(leaf && { 'tls.crt': leaf.certificate, 'tls.key': leaf.key }),
    ...(next && { 'next-ca.crt': next.certificate, 'next-ca.key': next.key }),
    ...(old.length > 0 && {
      'old-ca.crt': old.join(''),
      'old-ca.retire-after': new Date(retireAfter).toISOString(),
    }),
  };
  return Object.fromEntries(
    Object.entries(entries).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
  );
};

/** The CA bundle that a set asks registrations to carry, as PEM: the signing authority first. */
export const bundleOf = ({ authority, next, old }: CertificateSet): string =>
  certificatesIn([authority.certificate, next?.certificate ?? '', ...old].join('\n')).join('');
