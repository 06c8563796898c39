import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import forge from 'node-forge';

const { asn1, pki } = forge;
const { Class, Type } = asn1;

/** Parts of a name in the order in which they are written, by the names that forge knows. */
export type Subject = { name: string; value: string }[];

/** What a certificate says, and the key of the authority that signs it: both keys are elliptic (P-256). */
export type CertificateOrder = {
  subject: Subject;
  issuer: Subject;
  publicKey: KeyObject;
  signingKey: KeyObject;
  /** Extensions as forge names them. */
  extensions: Record<string, unknown>[];
  notBefore: Date;
  notAfter: Date;
};

const sequence = (...value: forge.asn1.Asn1[]): forge.asn1.Asn1 =>
  asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, value);

const primitive = (type: forge.asn1.Type, bytes: string): forge.asn1.Asn1 =>
  asn1.create(Class.UNIVERSAL, type, false, bytes);

const binary = (bytes: Buffer): string => bytes.toString('binary');

const bitString = (bytes: Buffer): forge.asn1.Asn1 => primitive(Type.BITSTRING, `\0${binary(bytes)}`);

const utcTime = (date: Date): forge.asn1.Asn1 => primitive(Type.UTCTIME, asn1.dateToUtcTime(date));

/** ecdsa-with-SHA256 (RFC 5758): it has no parameters. */
const signatureAlgorithm = sequence(primitive(Type.OID, asn1.oidToDer('1.2.840.10045.4.3.2').getBytes()));

const versionThree = asn1.create(Class.CONTEXT_SPECIFIC, 0, true, [primitive(Type.INTEGER, '\x02')]);

/** Never two of one authority. The first byte is fixed: OpenSSL refuses an integer that begins with more zeros than it needs. */
const serialNumber = (): forge.asn1.Asn1 => primitive(Type.INTEGER, `\x01${binary(randomBytes(16))}`);

// The types of forge leave this function out.
const { certificateExtensionsToAsn1 } = pki as unknown as {
  certificateExtensionsToAsn1: (extensions: readonly unknown[]) => forge.asn1.Asn1;
};

/** The key as a certificate holds it, with the name of its curve. */
const keyInfo = (publicKey: KeyObject): Buffer => publicKey.export({ format: 'der', type: 'spki' });

/** Extensions by which an authority is found again among others of its name: its own, and that of what it signs. */
export const keyIdentifiers = (authority: KeyObject) => {
  const hash = binary(createHash('sha1').update(keyInfo(authority)).digest());
  return {
    own: { id: pki.oids['subjectKeyIdentifier'], value: primitive(Type.OCTETSTRING, hash) },
    signed: { name: 'authorityKeyIdentifier', keyIdentifier: hash },
  };
};

/**
 * Signs a certificate (X.509 v3, RFC 5280) and answers it as PEM. forge writes names and extensions; it knows RSA keys alone,
 * so key and signature, which are Node's, are put around them here.
 */
export const signCertificate = (order: CertificateOrder): string => {
  // A certificate of forge's gives names and extensions the form in which they can be written.
  const drawn = pki.createCertificate();
  drawn.setSubject(order.subject);
  drawn.setIssuer(order.issuer);
  drawn.setExtensions(order.extensions);
  const body = sequence(
    versionThree,
    serialNumber(),
    signatureAlgorithm,
    pki.distinguishedNameToAsn1(drawn.issuer),
    sequence(utcTime(order.notBefore), utcTime(order.notAfter)),
    pki.distinguishedNameToAsn1(drawn.subject),
    asn1.fromDer(binary(keyInfo(order.publicKey))),
    certificateExtensionsToAsn1(drawn.extensions),
  );
  const signature = sign('sha256', Buffer.from(asn1.toDer(body).getBytes(), 'binary'), order.signingKey);
  const der = asn1.toDer(sequence(body, signatureAlgorithm, bitString(signature))).getBytes();
  return forge.pem.encode({ type: 'CERTIFICATE', body: der });
};
