import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import type { PeerView } from '../../../core/rules/peer-view.ts';
import { changing, consentTo, createSite, creating, deleting, now, vgr, vr, withBoundClaim } from './site.ts';

const notPrimary = (): PeerView => ({ state: 'not-primary', site: 'cluster-2' });
const force = consentTo('force-promote');

describe('who may consent', () => {
  test('is asked with everything that is told of the user', async () => {
    const site = withBoundClaim(createSite({ mayConsent: async () => false }));
    const { consent } = await site.judged(changing(vr({ wants: 'secondary' }), vr({ consent: force })));
    expect(site.asked.access).toEqual([
      {
        to: 'consent',
        user: { username: 'alice', uid: 'alice-uid', groups: ['people'], extra: { scopes: ['a'] } },
        resource: 'volumereplications',
        namespace: 'shop',
        name: 'db',
      },
    ]);
    expect(consent).toEqual({
      text: force,
      isNew: true,
      isUsed: false,
      isRecorded: false,
      generations: [1],
      mayConsent: known(false),
      user: 'alice',
      now,
    });
  });

  const asked: [string, Parameters<typeof changing>, boolean][] = [
    ['no annotation', [vr({ wants: 'secondary' }), vr()], false],
    ['an annotation that is new', [vr(), vr({ consent: force })], true],
    [
      'one that was there, and the volume becomes primary',
      [vr({ wants: 'secondary', consent: force }), vr({ consent: force })],
      true,
    ],
    [
      'one that was there, and it is demoted',
      [vr({ consent: force }), vr({ wants: 'secondary', consent: force })],
      true,
    ],
    [
      'one that was there, and nothing changes that it could be for',
      [vr({ consent: force }), vr({ autoResync: true, consent: force })],
      false,
    ],
    ['one that nobody can read', [vr({ wants: 'secondary' }), vr({ consent: 'yes' })], false],
    [
      'one that has expired',
      [vr({ wants: 'secondary' }), vr({ consent: force.replace('2026-11-20T12:10', '2026-11-20T11:10') })],
      false,
    ],
  ];
  test.each(asked)('is asked or not: %s', async (_, [before, after], isAsked) => {
    const site = withBoundClaim(createSite({ peer: notPrimary }));
    site.put('replications', before);
    const { consent } = await site.judged(changing(before, after));
    expect(site.asked.access).toHaveLength(isAsked ? 1 : 0);
    expect(consent.mayConsent).toEqual(isAsked ? known(true) : unknown('nobody asked'));
  });

  test('is asked for a group by its own resource, and for a deletion', async () => {
    const site = createSite();
    const [single, group] = [
      vr({ consent: consentTo('unprotect') }),
      vgr({ consent: consentTo('unprotect') }),
    ];
    site.put('replications', single);
    site.put('groups', group);
    await site.judged(deleting(group));
    await site.judged(deleting(single));
    expect(site.asked.access.map(({ resource, name }) => `${resource} ${name}`)).toEqual([
      'volumegroupreplications all',
      'volumereplications db',
    ]);
  });

  test('is unknown where nobody answers', async () => {
    const site = withBoundClaim(
      createSite({ mayConsent: () => Promise.reject(new Error('no answer within 2s')) }),
    );
    const { consent } = await site.judged(creating(vr({ consent: force })));
    expect(consent.mayConsent).toEqual(unknown('no answer within 2s'));
  });
});

describe('a consent', () => {
  test('that comes with the deletion is the one on the object, and is not new', async () => {
    const site = createSite();
    const text = consentTo('unprotect');
    expect((await site.judged(deleting(vr({ consent: text })))).consent).toMatchObject({
      text,
      isNew: false,
    });
  });

  const before = vr({ wants: 'secondary', generation: 4, consent: force });
  const after = vr({ generation: 4, consent: force });

  test('that was written before its change is good for that change, once the use is on the object', async () => {
    const site = withBoundClaim(createSite());
    const bare = await site.judged(changing(before, after));
    expect(bare.consent).toMatchObject({ isNew: false, isUsed: false, isRecorded: false, generations: [4] });
    const mended = await site.mended(changing(before, after));
    expect((await site.judged(changing(before, mended))).consent).toMatchObject({
      isUsed: false,
      isRecorded: true,
    });
  });

  test('that comes with a new object is recorded for its first generation', async () => {
    const site = withBoundClaim(createSite());
    const mended = await site.mended(creating(vr({ consent: force })));
    const { consent } = await site.judged(creating(mended));
    expect(consent).toMatchObject({ isNew: true, isUsed: false, isRecorded: true, generations: [0] });
  });

  test('is used for whoever sees it later: another replica, and one that has just started', async () => {
    const stored = await withBoundClaim(createSite()).mended(changing(before, after));
    const primary = { ...stored, metadata: { ...stored.metadata, generation: 5 } };
    const demoted = { ...primary, spec: { ...vr({ wants: 'secondary' }).spec } };
    const fresh = withBoundClaim(createSite());
    const { consent } = await fresh.judged(changing(primary, demoted));
    expect(consent.isUsed).toBe(true);
    expect(fresh.asked.access).toEqual([]);
  });

  test('whose use is left out by a change is used all the same: it is put back', async () => {
    const site = withBoundClaim(createSite());
    const stored = await site.mended(changing(before, after));
    const without = vr({ generation: 5, consent: force });
    const mended = await site.mended(
      changing({ ...stored, metadata: { ...stored.metadata, generation: 5 } }, without),
    );
    expect(mended.metadata.annotations).toEqual(stored.metadata.annotations);
  });

  test('is not used by what changes nothing of the spec', async () => {
    const site = withBoundClaim(createSite());
    const labelled = { ...before, metadata: { ...before.metadata, labels: { a: 'b' } } };
    expect(await site.mended(changing(before, labelled))).toEqual(labelled);
    const written = await site.mended(changing(vr({ wants: 'secondary', generation: 4 }), before));
    expect(written).toEqual(before);
  });

  test('of an object that is gone is not that of the one that takes its name', async () => {
    const site = withBoundClaim(createSite());
    const { consent } = await site.judged(creating(vr({ consent: force })));
    expect(consent).toMatchObject({ isNew: true, isUsed: false });
  });
});
