import { X509Certificate } from 'node:crypto';
import type { CertificateLife } from '../../core/check/facts.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const lifeOf = (pem: string): CertificateLife => {
  const { subject, validFrom, validTo } = new X509Certificate(pem);
  return { subject, from: Date.parse(validFrom), until: Date.parse(validTo) };
};

/** When the authorities of a `caBundle` (PEM in base64) are valid; none where there is no bundle. */
export const readCertificates = (caBundle: string | undefined): Reading<readonly CertificateLife[]> => {
  if (!caBundle) return known([]);
  try {
    const blocks = Buffer.from(caBundle, 'base64').toString('latin1').match(block);
    return blocks === null ? unknown('it holds no certificate') : known(blocks.map(lifeOf));
  } catch {
    return unknown('it holds a certificate that cannot be read');
  }
};
