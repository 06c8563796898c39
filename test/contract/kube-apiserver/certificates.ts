import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

/** A certificate and its key, in PEM. */
export type KeyPair = { cert: string; key: string };

type Subject = { commonName: string; organization?: string };

const newKey = (): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey;

const publicKeyOf = (key: string): forge.pki.rsa.PublicKey => {
  const { n, e } = forge.pki.privateKeyFromPem(key);
  return forge.pki.setRsaPublicKey(n, e);
};

const attributesOf = ({ commonName, organization }: Subject): forge.pki.CertificateField[] => [
  { name: 'commonName', value: commonName },
  ...(organization === undefined ? [] : [{ name: 'organizationName', value: organization }]),
];

const hour = 3_600_000;

const issue = (subject: Subject, extensions: object[], issuer?: KeyPair): KeyPair => {
  const key = newKey();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKeyOf(key);
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - hour);
  certificate.validity.notAfter = new Date(Date.now() + 24 * hour);
  certificate.setSubject(attributesOf(subject));
  certificate.setIssuer(
    issuer === undefined
      ? attributesOf(subject)
      : forge.pki.certificateFromPem(issuer.cert).subject.attributes,
  );
  certificate.setExtensions(extensions);
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.key ?? key), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key };
};

/** A certificate authority of one test run. */
export const makeAuthority = (): KeyPair =>
  issue({ commonName: 'contract-test-ca' }, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
  ]);

/** A server on 127.0.0.1. */
export const makeServerCertificate = (authority: KeyPair): KeyPair =>
  issue(
    { commonName: 'server' },
    [
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
    authority,
  );

/** The user of the recording: `admin` in `system:masters`. */
export const makeAdminCertificate = (authority: KeyPair): KeyPair =>
  issue(
    { commonName: 'admin', organization: 'system:masters' },
    [{ name: 'extKeyUsage', clientAuth: true }],
    authority,
  );

/** A key that signs service account tokens, in PEM. */
export const makeSigningKey = newKey;
