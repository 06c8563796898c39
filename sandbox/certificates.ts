import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { keyIdentifiers, type Subject, signCertificate } from './sign-certificate.ts';

/** PEM texts of one site: its own authority, what its server shows, and what its administrator shows. */
export type SiteCertificates = {
  ca: string;
  serverCert: string;
  serverKey: string;
  clientCert: string;
  clientKey: string;
  /** Signs service account tokens. */
  serviceAccountKey: string;
  serviceAccountPublicKey: string;
  /** RFC 3339. */
  expires: string;
};

const dayMs = 86_400_000;
const validDays = 365;

const pem = (key: KeyObject): string =>
  key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();

const authorityExtensions = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
];

const leafUsage = { name: 'keyUsage', digitalSignature: true, critical: true };

const serverExtensions = [
  { name: 'basicConstraints', cA: false },
  leafUsage,
  { name: 'extKeyUsage', serverAuth: true },
  {
    name: 'subjectAltName',
    altNames: [
      { type: 7, ip: '127.0.0.1' },
      { type: 7, ip: '10.0.0.1' },
      { type: 2, value: 'localhost' },
      { type: 2, value: 'kubernetes' },
      { type: 2, value: 'kubernetes.default.svc' },
    ],
  },
];

const clientExtensions = [
  { name: 'basicConstraints', cA: false },
  leafUsage,
  { name: 'extKeyUsage', clientAuth: true },
];

const makeKeyPair = promisify(generateKeyPair);

/**
 * Elliptic keys, for certificates and tokens: an RSA key takes a tenth of a second to make, and a millisecond at each handshake
 * on either side.
 */
const makeKey = () => makeKeyPair('ec', { namedCurve: 'P-256' });

/** Makes an authority for a site and everything it signs, in a few milliseconds. */
export const makeSiteCertificates = async (options: {
  site: string;
  now: number;
}): Promise<SiteCertificates> => {
  const { site, now } = options;
  const [authority, server, client, tokens] = await Promise.all([makeKey(), makeKey(), makeKey(), makeKey()]);
  const issuer: Subject = [{ name: 'commonName', value: `kubectl-dr sandbox ${site}` }];
  const identifiers = keyIdentifiers(authority.publicKey);
  const signed = {
    issuer,
    signingKey: authority.privateKey,
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + validDays * dayMs),
  };
  const ca = signCertificate({
    ...signed,
    subject: issuer,
    publicKey: authority.publicKey,
    extensions: [...authorityExtensions, identifiers.own],
  });
  const serverCert = signCertificate({
    ...signed,
    subject: [{ name: 'commonName', value: 'kube-apiserver' }],
    publicKey: server.publicKey,
    extensions: [...serverExtensions, identifiers.signed],
  });
  const clientCert = signCertificate({
    ...signed,
    subject: [
      { name: 'organizationName', value: 'system:masters' },
      { name: 'commonName', value: `${site}-admin` },
    ],
    publicKey: client.publicKey,
    extensions: [...clientExtensions, identifiers.signed],
  });
  return {
    ca,
    serverCert,
    serverKey: pem(server.privateKey),
    clientCert,
    clientKey: pem(client.privateKey),
    serviceAccountKey: pem(tokens.privateKey),
    serviceAccountPublicKey: pem(tokens.publicKey),
    expires: new Date(now + validDays * dayMs).toISOString(),
  };
};

/** Whether certificates of an earlier run can be used for another while. */
export const areStillValid = ({ expires }: SiteCertificates, now: number): boolean =>
  Date.parse(expires) - now > 30 * dayMs;
