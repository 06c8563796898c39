import { describe, expect, test } from 'vitest';
import type { PersistentVolume } from '../../../core/model/persistent-volume.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import type { GuardFacts } from '../../../core/rules/guard-facts.ts';
import { image } from '../../core/status/objects.ts';
import { changing, createSite, creating, type Site, vr } from './site.ts';

const driver = 'rook-ceph.rbd.csi.ceph.com';

type Sketch = { name?: string; handle?: string; policy?: 'Retain' | 'Delete'; uid?: string; claim?: string };

const pvOf = ({
  name = 'pv-copy',
  handle = image('a'),
  policy = 'Delete',
  uid,
  claim,
}: Sketch = {}): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    csi: { driver, volumeHandle: handle },
    persistentVolumeReclaimPolicy: policy,
    ...(claim === undefined ? {} : { claimRef: { namespace: 'shop', name: claim, ...(uid && { uid }) } }),
  },
});

/** Claim shop/db of an image, with its replication. */
const protect = (site: Site, handle = image('a')): void => {
  site.put('volumes', pvOf({ name: 'pv-db', handle, policy: 'Retain', claim: 'db' }));
  site.put('claims', {
    metadata: { namespace: 'shop', name: 'db', uid: 'db-uid' },
    spec: { volumeName: 'pv-db' },
  });
  site.put('replications', vr());
};

const told = (facts: GuardFacts | undefined): unknown => {
  if (facts === undefined) return 'not judged';
  if (facts.subject !== 'volume') return facts.subject;
  return [facts.protectedBy, facts.protectedThere ?? known([])].map((reading) =>
    reading.known ? reading.value.map(({ namespace, name }) => `${namespace}/${name}`) : reading.why,
  );
};

const peer = () => ({ state: 'not-primary', site: 'cluster-2' }) as const;
const onThere = { namespace: 'shop', name: 'db', claimName: 'db', kind: 'VolumeReplication' } as const;
const replicationThere = { ...onThere, wants: 'primary', state: 'Primary', site: 'cluster-2' } as const;

describe('a PV that is created', () => {
  test('is judged by what protects its volume here, whatever it is called, and whatever its pool id is', async () => {
    const site = createSite();
    protect(site, image('a', '0000000000000009'));
    expect(told(await site.guard(creating(pvOf())))).toEqual([['shop/db'], []]);
  });

  test('is not judged where it keeps its volume', async () => {
    const site = createSite();
    protect(site);
    expect(told(await site.guard(creating(pvOf({ policy: 'Retain' }))))).toBe('not judged');
  });

  test('is judged by what protects its volume on the other site', async () => {
    const site = createSite({ peer, protectorsThere: () => known([replicationThere]) });
    expect(told(await site.guard(creating(pvOf())))).toEqual([[], ['shop/db']]);
  });

  test.each([
    ['of a driver that is replicated here is not known while the other site is silent', pvOf(), 'silent'],
    [
      'as a provisioner makes it does not wait for a site that is silent',
      pvOf({ name: 'pvc-uid-7', uid: 'uid-7', claim: 'web' }),
      [],
    ],
  ])('%s', async (_, volume, there) => {
    const site = createSite({ peer, protectorsThere: () => unknown('silent') });
    site.put('replicationClasses', { metadata: { name: 'rbd' }, spec: { provisioner: driver } });
    expect(told(await site.guard(creating(volume)))).toEqual([[], there]);
  });

  test('of a driver that nothing replicates does not wait for a site that is silent', async () => {
    const site = createSite({ peer, protectorsThere: () => unknown('silent') });
    expect(told(await site.guard(creating(pvOf())))).toEqual([[], []]);
  });
});

describe('a PV that is changed', () => {
  test('is judged where it gets a claim and does not keep its volume', async () => {
    const site = createSite();
    protect(site);
    const before = pvOf();
    expect(told(await site.guard(changing(before, pvOf({ claim: 'web' }))))).toEqual([['shop/db'], []]);
  });

  test.each([
    ['keeps its volume', pvOf({ policy: 'Retain' }), pvOf({ policy: 'Retain', claim: 'web' })],
    ['has the claim that it had', pvOf({ claim: 'web' }), pvOf({ claim: 'web' })],
  ])('is not judged where it %s', async (_, before, after) => {
    const site = createSite();
    protect(site);
    expect(told(await site.guard(changing(before, after)))).toBe('not judged');
  });

  test('is judged by the other site, too, where its policy changes', async () => {
    const site = createSite({ peer, protectorsThere: () => known([replicationThere]) });
    const change = changing(pvOf({ policy: 'Retain' }), pvOf());
    expect(told(await site.guard(change))).toEqual([[], ['shop/db']]);
  });
});

describe('a PV of a protected volume that arrives with a claimRef of here', () => {
  test.each([
    ['is told to be protected', image('a'), known(true)],
    ['is told to be of nobody', image('b'), known(false)],
  ])('%s', async (_, handle, isProtected) => {
    const site = createSite();
    protect(site);
    const request = creating(pvOf({ handle, claim: 'db', uid: 'db-uid' }));
    const facts = await site.facts.repair(request, new AbortController().signal);
    expect(facts).toMatchObject({ subject: 'volume', isProtected });
  });
});
