import { createPrivateKey, X509Certificate } from 'node:crypto';
import { messageOf } from '../../core/model/error.ts';
import type { CertificateNames } from './certificate-names.ts';
import type { Life } from './sign-certificate.ts';

const certificateBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, each as PEM that ends with a line break; what cannot be parsed is left out. */
export const certificatesIn = (pem: string): string[] =>
  [...pem.matchAll(certificateBlock)].map(([block]) => `${block}\n`).filter(isCertificate);

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
};

/** From when to when a certificate holds. Throws where the text is no certificate. */
export const lifeOf = (pem: string): Life => {
  const { validFrom, validTo } = new X509Certificate(pem);
  return { notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) };
};

/** Whether a moment lies in a life. */
export const isInTime = ({ notBefore, notAfter }: Life, now: number): boolean =>
  notBefore <= now && now < notAfter;

/** Why a certificate and a key do not belong together, one clause; undefined where they do. */
export const whyNoPair = (certificate: string, key: string): string | undefined => {
  try {
    const first = new X509Certificate(certificate);
    return first.checkPrivateKey(createPrivateKey(key))
      ? undefined
      : 'the key does not belong to the certificate';
  } catch (error) {
    return `certificate or key cannot be read: ${messageOf(error)}`;
  }
};

/** Whether a text is the certificate of an authority. */
export const isAuthority = (pem: string): boolean => isCertificate(pem) && new X509Certificate(pem).ca;

/** Whether one of the authorities in a bundle signed a certificate; their times are not looked at. */
export const isSignedByOneOf = (bundle: string, certificate: string): boolean => {
  const leaf = new X509Certificate(certificate);
  return certificatesIn(bundle)
    .map((pem) => new X509Certificate(pem))
    .some((authority) => authority.ca && leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
};

/** Whether a certificate carries each of the names. */
export const carriesNames = (certificate: string, { dns, ip }: CertificateNames): boolean => {
  const leaf = new X509Certificate(certificate);
  return (
    dns.every((name) => leaf.checkHost(name, { subject: 'never' }) !== undefined) &&
    ip.every((address) => leaf.checkIP(address) !== undefined)
  );
};
