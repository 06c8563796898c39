import { describe, expect, test } from 'vitest';
import {
  bundleOf,
  type CertificateSet,
  readCertificateSet,
  type Secret,
  secretDataOf,
} from '../../../webhook/certificates/certificate-set.ts';
import { certificatesIn, lifeOf } from '../../../webhook/certificates/read-certificate.ts';
import { makeAuthority, makeLeaf } from '../../../webhook/certificates/sign-certificate.ts';
import { poolOfKeys } from './key-pool.ts';

const makeKeys = poolOfKeys(4);
const life = { notBefore: Date.UTC(2026, 0, 1), notAfter: Date.UTC(2027, 0, 1) };
const names = { dns: ['a.svc'], ip: [] };
const [authority, next, old] = [
  await makeAuthority(life, makeKeys),
  await makeAuthority(life, makeKeys),
  await makeAuthority({ ...life, notAfter: Date.UTC(2026, 6, 1) }, makeKeys),
];
const leaf = await makeLeaf(authority, names, life, makeKeys);
const set: CertificateSet = {
  authority,
  leaf,
  next,
  old: [old.certificate],
  retireAfter: Date.UTC(2026, 2, 3),
};

const secretOf = (change: Record<string, string | undefined> = {}): Secret => {
  const data: Record<string, string> = secretDataOf(set);
  for (const [entry, text] of Object.entries(change)) {
    if (text === undefined) delete data[entry];
    else data[entry] = Buffer.from(text).toString('base64');
  }
  return { metadata: { name: 'dr-webhook-certificates' }, data };
};

describe('the Secret of the certificates', () => {
  test('it holds a set whole', () => {
    expect(readCertificateSet(secretOf())).toEqual(set);
  });

  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ['nothing', { 'ca.crt': undefined, 'ca.key': undefined }, /cannot be read/],
    ['no key of the authority', { 'ca.key': undefined }, /cannot be read/],
    ['the key of another authority', { 'ca.key': next.key }, /does not belong/],
    [
      'a leaf in the place of the authority',
      { 'ca.crt': leaf.certificate, 'ca.key': leaf.key },
      /is no authority/,
    ],
  ])('with %s it cannot be used, and the answer says why', (_, change, why) => {
    expect(readCertificateSet(secretOf(change))).toMatch(why);
  });

  test.each<[string, Record<string, string | undefined>, Partial<CertificateSet>]>([
    [
      'a leaf of another authority',
      { 'ca.crt': next.certificate, 'ca.key': next.key },
      { authority: next, leaf: undefined },
    ],
    ['a leaf without its key', { 'tls.key': undefined }, { leaf: undefined }],
    ['a leaf that is cut off', { 'tls.crt': leaf.certificate.slice(0, 200) }, { leaf: undefined }],
    ['half of the next authority', { 'next-ca.key': undefined }, { next: undefined }],
    ['an old authority that cannot be read', { 'old-ca.crt': 'garbage' }, { old: [], retireAfter: 0 }],
    [
      'no word on when the old one goes: it stays until it has expired',
      { 'old-ca.retire-after': 'soon' },
      { retireAfter: lifeOf(old.certificate).notAfter },
    ],
  ])('with %s the rest of it is used', (_, change, expected) => {
    expect(readCertificateSet(secretOf(change))).toEqual({ ...set, ...expected });
  });

  test('the bundle holds the signing authority first, then the next, then the old ones', () => {
    expect(certificatesIn(bundleOf(set))).toEqual(
      [authority, next, old].map(({ certificate }) => certificate),
    );
    expect(bundleOf({ ...set, next: undefined, old: [] })).toBe(authority.certificate);
  });
});
