import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import { mend } from '../../../core/rules/repair/mend.ts';
import { changing, createSite, creating, pv, pvc, type SiteOptions, vr } from './site.ts';

const never = new AbortController().signal;
const foreign = pv({ claim: 'shop/db', uid: 'a-claim-elsewhere' });

const repair = async (options: SiteOptions, cached = false, object = foreign) => {
  const site = createSite(options);
  if (cached) site.put('claims', pvc());
  const facts = await site.facts.repair(creating(object), never);
  return { facts, live: site.asked.claims };
};

describe('a PV that arrives with the uid of a claim', () => {
  test('is believed to belong to the claim that the cache shows', async () => {
    const own = pv({ claim: 'shop/db', uid: 'pvc-shop-db' });
    const { facts, live } = await repair({}, true, own);
    expect(facts).toMatchObject({
      subject: 'volume',
      claim: { value: { metadata: { uid: 'pvc-shop-db' } } },
    });
    expect(live).toEqual([]);
  });

  test('is believed to be foreign only once the API server has no such claim', async () => {
    const { facts, live } = await repair({});
    expect(facts).toEqual({ subject: 'volume', volume: foreign, claim: known(undefined) });
    expect(live).toEqual(['shop/db']);
  });

  test('keeps its claim where that was created a moment before it', async () => {
    const fresh = { ...pvc(), metadata: { ...pvc().metadata, uid: 'a-claim-elsewhere' } };
    const { facts } = await repair({ readClaim: async () => fresh });
    expect(facts && mend(facts).patch).toEqual([]);
  });

  test('keeps its claim where the cache still shows an older one of that name', async () => {
    const fresh = { ...pvc(), metadata: { ...pvc().metadata, uid: 'a-claim-elsewhere' } };
    const { facts, live } = await repair({ readClaim: async () => fresh }, true);
    expect(facts && mend(facts).patch).toEqual([]);
    expect(live).toEqual(['shop/db']);
  });

  test('is left alone where nobody can tell', async () => {
    const { facts } = await repair({ readClaim: () => Promise.reject(new Error('no answer')) });
    expect(facts).toMatchObject({ claim: unknown('claim shop/db could not be read: no answer') });
    expect(facts && mend(facts).patch).toEqual([]);
  });

  test('is looked up live where the cache cannot be believed', async () => {
    const health = { claims: { hasSynced: () => false } };
    const { facts, live } = await repair({ health, readClaim: async () => undefined }, true);
    expect(live).toEqual(['shop/db']);
    expect(facts).toMatchObject({ claim: known(undefined) });
  });

  test('and without its name is foreign', async () => {
    const nameless = { ...foreign, spec: { ...foreign.spec, claimRef: { uid: 'a-claim-elsewhere' } } };
    const { facts, live } = await repair({}, false, nameless);
    expect(facts).toMatchObject({ claim: known(undefined) });
    expect(live).toEqual([]);
  });
});

describe('nothing is asked and nothing repaired', () => {
  const cases: [string, Parameters<typeof creating>[0]][] = [
    ['a PV without a claimRef', pv()],
    ['a PV that is reserved', pv({ claim: 'shop/db' })],
    ['a VolumeReplication', vr()],
  ];
  test.each(cases)('%s', async (_, object) => {
    const site = createSite();
    expect(await site.facts.repair(creating(object), never)).toBeUndefined();
    expect(site.asked.claims).toEqual([]);
  });

  test('a PV that is changed', async () => {
    expect(await createSite().facts.repair(changing(foreign, foreign), never)).toBeUndefined();
  });
});

test('a claim is repaired by itself, in the namespace of the request where it names none', async () => {
  const claim = pvc();
  const { namespace: _, ...metadata } = claim.metadata;
  const facts = await createSite().facts.repair(
    creating({ ...claim, metadata }, { namespace: 'shop' }),
    never,
  );
  expect(facts).toMatchObject({ subject: 'claim', claim: { metadata: { namespace: 'shop', name: 'db' } } });
});
