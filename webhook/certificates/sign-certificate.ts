import { createPrivateKey, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import type { CertificateNames } from './certificate-names.ts';

const { asn1, pki } = forge;

/** A certificate and its key, as PEM. */
export type KeyPair = { readonly certificate: string; readonly key: string };

/** From when to when a certificate holds, milliseconds since the epoch. */
export type Life = { readonly notBefore: number; readonly notAfter: number };

/** Makes a pair of RSA keys. */
export type KeyMaker = () => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>;

const generateKeys = promisify(generateKeyPair);

/** RSA keys of 2048 bits. Node makes them on threads of its own: forge would hold up every review for seconds. */
export const makeRsaKeys: KeyMaker = () => generateKeys('rsa', { modulusLength: 2048 });

const pemOf = (key: KeyObject): string => {
  const type = key.type === 'private' ? 'pkcs8' : 'spki';
  return key.export({ format: 'pem', type }).toString();
};

/** forge breaks lines as Windows does. */
const textOf = (certificate: forge.pki.Certificate): string =>
  pki.certificateToPem(certificate).replaceAll('\r\n', '\n');

/** Unique among all authorities; its first byte keeps it positive and of constant length (RFC 5280, 4.1.2.2). */
const serialNumber = (): string => `01${randomBytes(15).toString('hex')}`;

// The types of forge leave this function out.
const { getTBSCertificate } = pki as unknown as {
  getTBSCertificate: (certificate: forge.pki.Certificate) => forge.asn1.Asn1;
};

/** Signs what forge has written with Node, in a millisecond: forge calls no other method of its key. */
const signatureBy = (certificate: forge.pki.Certificate, key: KeyObject): forge.pki.rsa.PrivateKey => {
  const signer = {
    sign: (): string => {
      const body = asn1.toDer(getTBSCertificate(certificate)).getBytes();
      return sign('sha256', Buffer.from(body, 'binary'), key).toString('binary');
    },
  };
  return signer as unknown as forge.pki.rsa.PrivateKey;
};

const draw = (publicKey: KeyObject, { notBefore, notAfter }: Life): forge.pki.Certificate => {
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(pemOf(publicKey));
  certificate.serialNumber = serialNumber();
  certificate.validity.notBefore = new Date(notBefore);
  certificate.validity.notAfter = new Date(notAfter);
  return certificate;
};

/** Makes an authority that signs for itself. Its name is its own, so that two in one bundle are never mixed up. */
export const makeAuthority = async (life: Life, makeKeys = makeRsaKeys): Promise<KeyPair> => {
  const { publicKey, privateKey } = await makeKeys();
  const certificate = draw(publicKey, life);
  const name = [
    { name: 'organizationName', value: 'kubectl-dr' },
    { name: 'commonName', value: `dr-webhook CA ${certificate.serialNumber.slice(2, 14)}` },
  ];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(signatureBy(certificate, privateKey), forge.md.sha256.create());
  return { certificate: textOf(certificate), key: pemOf(privateKey) };
};

const altNames = ({ dns, ip }: CertificateNames) => [
  ...dns.map((value) => ({ type: 2, value })),
  ...ip.map((address) => ({ type: 7, ip: address })),
];

/** Makes what the server shows, signed by the authority. */
export const makeLeaf = async (
  authority: KeyPair,
  names: CertificateNames,
  life: Life,
  makeKeys = makeRsaKeys,
): Promise<KeyPair> => {
  const { publicKey, privateKey } = await makeKeys();
  const issuer = pki.certificateFromPem(authority.certificate);
  const certificate = draw(publicKey, life);
  certificate.setSubject([
    { name: 'organizationName', value: 'kubectl-dr' },
    { name: 'commonName', value: 'dr-webhook' },
  ]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: altNames(names) },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  const signingKey = createPrivateKey(authority.key);
  certificate.sign(signatureBy(certificate, signingKey), forge.md.sha256.create());
  return { certificate: textOf(certificate), key: pemOf(privateKey) };
};
