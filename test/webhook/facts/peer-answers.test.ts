import { describe, expect, test } from 'vitest';
import { unknown } from '../../../core/model/reading.ts';
import type { PeerQuestion } from '../../../core/protection/peer-question.ts';
import { askedVolumeAnnotation } from '../../../core/rules/asked-volume.ts';
import type { PeerView } from '../../../core/rules/peer-view.ts';
import type { Member } from '../../../core/rules/replication-facts.ts';
import { changing, createSite, creating, deleting, pv, pvc, vgr, vr, withBoundClaim } from './site.ts';

const notPrimary: PeerView = { state: 'not-primary', site: 'cluster-2' };
const primary: PeerView = { state: 'primary', site: 'cluster-2', replication: 'shop/db', by: 'both' };

describe('the other site', () => {
  const secondary = vr({ wants: 'secondary' });
  const asked: [string, Parameters<typeof changing>, boolean][] = [
    ['a replica that becomes primary', [secondary, vr()], true],
    ['a resync', [secondary, vr({ wants: 'resync' })], true],
    ['autoResync that is switched on', [secondary, vr({ wants: 'secondary', autoResync: true })], true],
    ['a demotion', [vr(), secondary], false],
    ['a demotion with autoResync', [vr(), vr({ wants: 'secondary', autoResync: true })], true],
    ['a primary whose autoResync changes', [vr(), vr({ autoResync: true })], false],
  ];
  test.each(asked)('is asked or not: %s', async (_, [before, after], isAsked) => {
    const site = withBoundClaim(createSite({ peer: () => primary }));
    const { peer } = await site.member(changing(before, after));
    expect(peer).toEqual(isAsked ? primary : { state: 'not-asked' });
    expect(site.asked.peer).toHaveLength(isAsked ? 1 : 0);
  });

  test('is not asked about a deletion', async () => {
    const site = withBoundClaim(createSite({ peer: () => primary }));
    expect((await site.member(deleting(vr()))).peer).toEqual({ state: 'not-asked' });
  });

  const questions: [string, Parameters<typeof pvc>[0], Parameters<typeof pv>[0] | undefined, PeerQuestion][] =
    [
      [
        'a bound claim: by the identity of its volume',
        { volume: 'pv-db' },
        { handle: 'h', claim: 'shop/db' },
        {
          identity: { driver: 'rbd.csi.ceph.com', volumeHandle: 'h' },
          volumeName: 'pv-db',
          claim: { namespace: 'shop', name: 'db', uid: 'pvc-shop-db' },
        },
      ],
      [
        'an unbound claim with a PV that is reserved for it: by that PV',
        {},
        { name: 'reserved', handle: 'h', claim: 'shop/db' },
        {
          identity: { driver: 'rbd.csi.ceph.com', volumeHandle: 'h' },
          volumeName: 'reserved',
          claim: { namespace: 'shop', name: 'db', uid: 'pvc-shop-db' },
        },
      ],
      [
        'an unbound claim without any: by its name alone',
        {},
        undefined,
        {
          identity: undefined,
          volumeName: undefined,
          claim: { namespace: 'shop', name: 'db', uid: 'pvc-shop-db' },
        },
      ],
    ];
  test.each(questions)('is asked about %s', async (_, claim, volume, question) => {
    const site = createSite({ peer: () => notPrimary });
    site.put('claims', pvc(claim));
    if (volume !== undefined) site.put('volumes', pv(volume));
    expect((await site.member(creating(vr()))).peer).toEqual(notPrimary);
    expect(site.asked.peer).toEqual([question]);
  });

  const ofQuestion: [string, string, string | undefined, string | undefined][] = [
    ['a claim that is missing: by the volume that the question names', 'rbd.csi.ceph.com/h', undefined, 'h'],
    ['a claim that is there: by its own volume', 'rbd.csi.ceph.com/h', 'own', 'own'],
    ['a claim that is missing, and a question that names no volume: by its name', 'h', undefined, undefined],
  ];
  test.each(ofQuestion)('is asked about %s', async (_, named, own, handle) => {
    const site = createSite({ peer: () => primary });
    if (own !== undefined) {
      site.put('claims', pvc({ volume: 'pv-db' }));
      site.put('volumes', pv({ handle: own, claim: 'shop/db' }));
    }
    const question = vr();
    const annotations = { ...question.metadata.annotations, [askedVolumeAnnotation]: named };
    const { peer } = await site.member(
      creating({ ...question, metadata: { ...question.metadata, annotations } }),
    );
    expect(peer).toEqual(primary);
    expect(site.asked.peer.map(({ identity }) => identity?.volumeHandle)).toEqual([handle]);
  });

  test('is asked about a claim that was read live', async () => {
    const site = createSite({ peer: () => notPrimary, readClaim: async () => pvc({ volume: 'pv-db' }) });
    site.put('volumes', pv({ handle: 'h', claim: 'shop/db' }));
    expect((await site.member(creating(vr()))).peer).toEqual(notPrimary);
    expect(site.asked.peer.map(({ identity }) => identity?.volumeHandle)).toEqual(['h']);
  });

  test('is asked about the claim as it is now, not as the cache still has it', async () => {
    const site = createSite({ peer: () => notPrimary, readClaim: async () => pvc({ volume: 'pv-new' }) });
    site.put('claims', pvc({ volume: 'pv-old' }));
    site.put('volumes', pv({ name: 'pv-old', handle: 'old', claim: 'shop/db' }));
    site.put('volumes', pv({ name: 'pv-new', handle: 'new', claim: 'shop/db' }));
    expect((await site.member(creating(vr()))).peer).toEqual(notPrimary);
    expect(site.asked.peer.map(({ identity }) => identity?.volumeHandle)).toEqual(['new']);
  });

  test('cannot be asked where the volume here is unknown', async () => {
    const site = createSite({ peer: () => notPrimary });
    site.put('claims', pvc({ volume: 'pv-db' }));
    expect((await site.member(creating(vr()))).peer).toEqual({
      state: 'unknown',
      site: 'cluster-2',
      why: 'which volume to ask it about is unknown: PV pv-db of claim shop/db is not in view',
      isCutShort: true,
    });
    expect(site.asked.peer).toEqual([]);
  });

  test('answers for each claim of a group', async () => {
    const site = createSite({ peer: ({ claim }) => (claim.name === 'b' ? primary : notPrimary) });
    for (const name of ['a', 'b', 'c']) {
      site.put('claims', pvc({ name, labels: { app: 'shop' }, volume: `pv-${name}` }));
      site.put('volumes', pv({ name: `pv-${name}`, claim: `shop/${name}` }));
    }
    const { members } = await site.judged(creating(vgr()));
    const states = members.known && members.value.map(({ peer }: Member) => peer.state);
    expect(states).toEqual(['not-primary', 'primary', 'not-primary']);
  });

  test('is not asked for a VolumeReplication that follows its group', async () => {
    const site = createSite({ peer: () => primary });
    site.put('claims', pvc({ name: 'a', labels: { app: 'shop' } }));
    site.put('groups', vgr());
    expect((await site.member(creating(vr({ group: 'all' })))).peer).toEqual({ state: 'not-asked' });
  });
});

describe('what changes while the other site is asked', () => {
  test('is judged as it is afterwards: a second primary that was let in meanwhile is in view', async () => {
    const site = createSite({ peer: () => notPrimary });
    withBoundClaim(site);
    site.put('volumes', pv({ name: 'copy', handle: 'pv-db', claim: 'bank/db' }));
    const requests = [creating(vr()), creating(vr({ namespace: 'bank' }))];
    const letIn = await Promise.all(
      requests.map(async (request) => {
        const { members } = await site.judged(request);
        const [member] = members.known ? members.value : [];
        const isAlone = member?.sameVolume.known && member.sameVolume.value.length === 0;
        if (isAlone) site.facts.admitted(request);
        return isAlone;
      }),
    );
    expect(letIn).toEqual([true, false]);
  });

  test('is asked for again where the volume was bound while it was asked', async () => {
    const asked: (string | undefined)[] = [];
    const site = createSite({
      peer: ({ volumeName }) => {
        asked.push(volumeName);
        site.put('claims', pvc({ volume: 'pv-db' }));
        site.put('volumes', pv({ claim: 'shop/db' }));
        return notPrimary;
      },
    });
    site.put('claims', pvc());
    expect((await site.member(creating(vr()))).peer).toEqual(notPrimary);
    expect(asked).toEqual([undefined, 'pv-db']);
  });

  test('is asked for again for a claim that joined the group', async () => {
    const site = createSite({
      peer: () => {
        site.put('claims', pvc({ name: 'late', labels: { app: 'shop' } }));
        return notPrimary;
      },
    });
    site.put('claims', pvc({ name: 'a', labels: { app: 'shop' } }));
    const { members } = await site.judged(creating(vgr()));
    const states = members.known && members.value.map(({ claimName, peer }) => `${claimName} ${peer.state}`);
    expect(states).toEqual(['a not-primary', 'late not-primary']);
  });
});

test('without a peer it is said that none is configured', async () => {
  const site = withBoundClaim(createSite({ withoutPeer: 'refuse' }));
  const facts = await site.judged(creating(vr()));
  expect(facts.withoutPeer).toBe('refuse');
  expect(facts.members).toMatchObject({ value: [{ peer: { state: 'not-configured' } }] });
  expect(facts.consent.mayConsent).toEqual(unknown('nobody asked'));
});
