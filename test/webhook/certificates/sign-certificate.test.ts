import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { certificateNames } from '../../../webhook/certificates/certificate-names.ts';
import {
  carriesNames,
  certificatesIn,
  isSignedByOneOf,
  whyNoPair,
} from '../../../webhook/certificates/read-certificate.ts';
import { makeAuthority, makeLeaf } from '../../../webhook/certificates/sign-certificate.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 5, 1);
const life = { notBefore: now - hour, notAfter: now + 24 * hour };
const service = { namespace: 'kubectl-dr', name: 'dr-webhook' };

describe('certificates made', async () => {
  const names = certificateNames({ service, url: 'https://[::1]:9443' });
  const [authority, other] = await Promise.all([makeAuthority(life), makeAuthority(life)]);
  const leaf = await makeLeaf(authority, names, life);
  const [ca, shown] = [authority, leaf].map(({ certificate }) => new X509Certificate(certificate)) as [
    X509Certificate,
    X509Certificate,
  ];

  test('an authority signs itself and may sign leaves alone', () => {
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(ca.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
  });

  test('a leaf belongs to its authority and to no other, and to its own key', () => {
    expect(isSignedByOneOf(authority.certificate, leaf.certificate)).toBe(true);
    expect(isSignedByOneOf(other.certificate, leaf.certificate)).toBe(false);
    expect(isSignedByOneOf(other.certificate + authority.certificate, leaf.certificate)).toBe(true);
    expect(shown.ca).toBe(false);
    expect(whyNoPair(leaf.certificate, leaf.key)).toBeUndefined();
    expect(whyNoPair(leaf.certificate, authority.key)).toBe('the key does not belong to the certificate');
    expect(whyNoPair('half a cert', leaf.key)).toContain('cannot be read');
  });

  test('it holds from and until when it was asked to', () => {
    expect(Date.parse(shown.validFrom)).toBe(life.notBefore);
    expect(Date.parse(shown.validTo)).toBe(life.notAfter);
  });

  test('serial numbers and names of authorities are never the same', () => {
    const serials = [ca, shown, new X509Certificate(other.certificate)].map(
      ({ serialNumber }) => serialNumber,
    );
    expect(new Set(serials).size).toBe(3);
    for (const serial of serials) expect(serial).toMatch(/^01[0-9A-F]{30}$/);
    expect(ca.subject).not.toBe(new X509Certificate(other.certificate).subject);
  });

  test('it carries the names by which API servers call a Service, and the address of a URL', () => {
    expect(names).toEqual({
      dns: ['dr-webhook.kubectl-dr', 'dr-webhook.kubectl-dr.svc', 'dr-webhook.kubectl-dr.svc.cluster.local'],
      ip: ['::1'],
    });
    expect(carriesNames(leaf.certificate, names)).toBe(true);
    expect(carriesNames(leaf.certificate, { dns: ['other.svc'], ip: [] })).toBe(false);
    expect(carriesNames(leaf.certificate, { dns: [], ip: ['127.0.0.1'] })).toBe(false);
  });

  test('certificates are found in a bundle whatever else stands there', () => {
    const text = `# comment\n${authority.certificate}garbage\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${leaf.certificate}`;
    expect(certificatesIn(text)).toEqual([authority.certificate, leaf.certificate]);
  });
});

test.each([
  ['a host name', 'https://webhook.example.com:8443', { dns: ['webhook.example.com'], ip: [] }],
  ['an address', 'https://127.0.0.1:9443', { dns: [], ip: ['127.0.0.1'] }],
  ['an IPv6 address', 'https://[fd00::1]', { dns: [], ip: ['fd00::1'] }],
])('names come from %s in a URL', (_, url, names) => {
  expect(certificateNames({ url })).toEqual(names);
});

test('a URL without a host is refused', () => {
  expect(() => certificateNames({ url: 'webhook:9443' })).toThrowError(/names no host/);
});
