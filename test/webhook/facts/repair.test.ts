import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import type { VolumeReplication } from '../../../core/model/volume-replication.ts';
import { mend } from '../../../core/rules/repair/mend.ts';
import { changing, createSite, creating, deleting, now, pv, pvc, type SiteOptions, vgr, vr } from './site.ts';

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

describe('a replication that stops asking for primary', () => {
  const promoted = '2026-11-20T11:00:00Z';
  type Status = NonNullable<VolumeReplication['status']>;

  /** Primary since an hour, as dr-controller or kubernetes-csi-addons left it. */
  const primary = (status: Partial<Status>): VolumeReplication => {
    const object = vr({ generation: 3 });
    const managedFields = [{ time: promoted, fieldsV1: { 'f:spec': { 'f:replicationState': {} } } }];
    const metadata = { ...object.metadata, managedFields };
    return { ...object, metadata, status: { state: 'Primary', observedGeneration: 3, ...status } };
  };
  const told = (status: 'True' | 'False' | 'Unknown'): Partial<Status> => ({
    conditions: [
      {
        type: 'Followed',
        status,
        reason: 'R',
        message: 'm',
        lastTransitionTime: promoted,
        observedGeneration: 3,
      },
    ],
  });

  const demoting = (before: VolumeReplication) =>
    changing(before, { ...before, spec: { ...before.spec, replicationState: 'secondary' } });

  const journal = {
    metadata: { name: 'rbd' },
    spec: { provisioner: 'rbd.csi.ceph.com', parameters: { mirroringMode: 'journal' } },
  };

  test.each<[string, Partial<Status>, string]>([
    ['dr-controller says that it was followed', told('True'), 'yes'],
    ['dr-controller says that it was not', told('False'), 'no'],
    ['dr-controller cannot tell', told('Unknown'), 'unknown'],
    ['its last sync is later than its promote', { lastSyncTime: '2026-11-20T11:30:00Z' }, 'yes'],
    ['its last sync is older than its promote', { lastSyncTime: '2026-11-20T10:30:00Z' }, 'no'],
    ['it tells of no sync', {}, 'no'],
    ['it never was promoted', { state: '' }, 'yes'],
  ])('is noted as the guard judges it: %s', async (_, status, followed) => {
    const site = createSite();
    const request = demoting(primary(status));
    const { lastSyncTime } = status as { lastSyncTime?: string };
    expect(await site.facts.repair(request, never)).toEqual({
      subject: 'demotion',
      before: request.oldObject,
      after: request.object,
      note: {
        followed,
        at: now,
        lastSync: followed === 'yes' && lastSyncTime ? Date.parse(lastSyncTime) : undefined,
      },
    });
    expect((await site.judged(request)).copy.followed.state).toBe(followed);
    expect(site.asked.access).toEqual([]);
  });

  test('is unknown where its class mirrors each write by itself', async () => {
    const site = createSite();
    site.put('replicationClasses', journal);
    const before = primary({ lastSyncTime: '2026-11-20T11:30:00Z' });
    expect(await site.facts.repair(demoting(before), never)).toMatchObject({ note: { followed: 'unknown' } });
  });

  test('is noted also where no cache can be believed', async () => {
    const site = createSite({ health: { replicationClasses: { hasSynced: () => false } } });
    site.put('replicationClasses', journal);
    const before = primary({ lastSyncTime: '2026-11-20T11:30:00Z' });
    expect(await site.facts.repair(demoting(before), never)).toMatchObject({ note: { followed: 'yes' } });
  });

  test('may be a group', async () => {
    const before = vgr({ generation: 5, state: 'Primary' });
    const after = vgr({ generation: 5, state: 'Primary', wants: 'resync' });
    const facts = await createSite().facts.repair(changing(before, after), never);
    expect(facts).toMatchObject({ subject: 'demotion', note: { followed: 'unknown' } });
    expect(facts && mend(facts).done).toMatchObject([{ code: 'DR204' }]);
  });

  const [before, after] = [vr({ wants: 'primary' }), vr({ wants: 'secondary' })];
  test.each([
    ['becomes primary', changing(after, before)],
    ['stays as it is', changing(before, before)],
    ['changes in its status', changing(before, after, { subResource: 'status' })],
    ['is created', creating(after)],
    ['is deleted', deleting(before)],
  ])('is none that %s', async (_, request) => {
    expect(await createSite().facts.repair(request, never)).toBeUndefined();
  });
});
