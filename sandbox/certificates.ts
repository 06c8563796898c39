import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

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

const makeKeyPair = promisify(generateKeyPair);
const dayMs = 86_400_000;
const validDays = 365;

const pem = (key: KeyObject): string =>
  key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();

type Subject = { name: string; value: string }[];

type Order = {
  subject: Subject;
  issuer: Subject;
  publicKey: KeyObject;
  signingKey: KeyObject;
  extensions: Record<string, unknown>[];
  now: number;
};

/** forge builds the certificate, Node signs it: making and using RSA keys in plain JavaScript takes seconds. */
const makeCertificate = ({ subject, issuer, publicKey, signingKey, extensions, now }: Order): string => {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pem(publicKey));
  // The first byte is fixed: an integer that began with zeros would not be in its shortest form, and OpenSSL refuses it.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(now - dayMs);
  certificate.validity.notAfter = new Date(now + validDays * dayMs);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  // The types of forge leave this function out; it is documented.
  const { getTBSCertificate } = forge.pki as unknown as {
    getTBSCertificate: (from: forge.pki.Certificate) => forge.asn1.Asn1;
  };
  const signer = {
    sign: () => {
      const body = forge.asn1.toDer(getTBSCertificate(certificate)).getBytes();
      return sign('sha256', Buffer.from(body, 'binary'), signingKey).toString('binary');
    },
  };
  certificate.sign(signer as unknown as forge.pki.rsa.PrivateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
};

const authorityExtensions = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
  { name: 'subjectKeyIdentifier' },
];

const leafUsage = { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true };

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

/** Makes an authority for a site and everything it signs. About 0.2 s, most of it outside of the main thread. */
export const makeSiteCertificates = async (options: {
  site: string;
  now: number;
}): Promise<SiteCertificates> => {
  const { site, now } = options;
  const makeRsa = () => makeKeyPair('rsa', { modulusLength: 2048 });
  const [authority, server, client, tokens] = await Promise.all([makeRsa(), makeRsa(), makeRsa(), makeRsa()]);
  const issuer: Subject = [{ name: 'commonName', value: `kubectl-dr sandbox ${site}` }];
  const signed = { issuer, signingKey: authority.privateKey, now };
  const ca = makeCertificate({
    ...signed,
    subject: issuer,
    publicKey: authority.publicKey,
    extensions: authorityExtensions,
  });
  const serverCert = makeCertificate({
    ...signed,
    subject: [{ name: 'commonName', value: 'kube-apiserver' }],
    publicKey: server.publicKey,
    extensions: serverExtensions,
  });
  const clientCert = makeCertificate({
    ...signed,
    subject: [
      { name: 'organizationName', value: 'system:masters' },
      { name: 'commonName', value: `${site}-admin` },
    ],
    publicKey: client.publicKey,
    extensions: clientExtensions,
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
