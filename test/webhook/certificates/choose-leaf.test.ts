import { describe, expect, test } from 'vitest';
import { type LeafFacts, shouldServeStored } from '../../../webhook/certificates/choose-leaf.ts';
import { lifetimes } from '../../../webhook/certificates/rotation.ts';
import { makeAuthority, makeLeaf } from '../../../webhook/certificates/sign-certificate.ts';
import { poolOfKeys } from './key-pool.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 5, 1);
const makeKeys = poolOfKeys(6);
const life = (from: number, to: number) => ({ notBefore: now + from * day, notAfter: now + to * day });
const names = { dns: ['dr-webhook.kubectl-dr.svc'], ip: [] };

const [oldCa, newCa] = [
  await makeAuthority(life(-300, 65), makeKeys),
  await makeAuthority(life(0, 365), makeKeys),
];
const leafOf = async (ca: typeof oldCa, from: number, to: number): Promise<string> =>
  (await makeLeaf(ca, names, life(from, to), makeKeys)).certificate;
const [served, expired, stored, early] = [
  await leafOf(oldCa, -5, 25),
  await leafOf(oldCa, -40, -10),
  await leafOf(newCa, 0, 30),
  await leafOf(newCa, 1, 31),
];
const [onlyOld, onlyNew] = [oldCa.certificate, newCa.certificate];
const both = onlyOld + onlyNew;
const long = lifetimes.settleMs;

const cases: [string, Partial<LeafFacts>, boolean][] = [
  [
    'nothing is served and a bundle verifies the stored leaf: at once',
    { served: undefined, bundles: [onlyNew] },
    true,
  ],
  [
    'nothing is served and one of the bundles verifies it',
    { served: undefined, bundles: [onlyOld, onlyNew] },
    true,
  ],
  ['nothing is served and no bundle verifies it', { served: undefined, bundles: [onlyOld, ''] }, false],
  ['nothing is served and nothing is registered', { served: undefined, bundles: [] }, false],
  [
    'nothing is served, and the stored leaf is not valid yet',
    { served: undefined, stored: early, bundles: [onlyNew] },
    false,
  ],
  ['the leaf served is the stored one', { served: stored, bundles: [onlyNew], trustedMs: long }, false],
  ['the new authority is not published yet', { bundles: [onlyOld], trustedMs: undefined }, false],
  [
    'one registration does not carry the new authority yet',
    { bundles: [both, onlyOld], trustedMs: undefined },
    false,
  ],
  [
    'all carry both, but since a moment ago: API servers may not know',
    { bundles: [both, both], trustedMs: long - 1 },
    false,
  ],
  ['all carry both for long enough', { bundles: [both, both], trustedMs: long }, true],
  ['no bundle verifies what is served: nothing can get worse', { bundles: [onlyNew, ''] }, true],
  ['what is served has expired: nothing can get worse', { served: expired, bundles: [both] }, true],
  [
    'the stored leaf is not valid yet, and what is served is',
    { stored: early, bundles: [both], trustedMs: long },
    false,
  ],
];

describe('whether a replica shows the leaf from the Secret', () => {
  test.each(cases)('%s', (_, facts, expected) => {
    expect(shouldServeStored({ now, served, stored, bundles: [both], trustedMs: undefined, ...facts })).toBe(
      expected,
    );
  });
});
