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

  test('that was written before its change is good for that change', async () => {
    const site = withBoundClaim(createSite());
    site.put('replications', vr({ wants: 'secondary', generation: 4 }));
    site.put('replications', vr({ wants: 'secondary', generation: 4, consent: force }));
    const before = vr({ wants: 'secondary', generation: 4, consent: force });
    const { consent } = await site.judged(changing(before, vr({ generation: 5, consent: force })));
    expect(consent).toMatchObject({ isNew: false, isUsed: false });
  });

  test('is used once a change of the spec was seen with it', async () => {
    const site = withBoundClaim(createSite());
    site.put('replications', vr({ wants: 'secondary', generation: 4, consent: force }));
    site.put('replications', vr({ generation: 5, consent: force }));
    site.put('replications', vr({ wants: 'secondary', generation: 6, consent: force }));
    const before = vr({ wants: 'secondary', generation: 6, consent: force });
    const { consent } = await site.judged(changing(before, vr({ generation: 7, consent: force })));
    expect(consent.isUsed).toBe(true);
    expect(site.asked.access).toEqual([]);
  });

  test('is used, too, by a change that this process has not seen yet', async () => {
    const site = withBoundClaim(createSite());
    site.put('replications', vr({ wants: 'secondary', generation: 4 }));
    site.put('replications', vr({ wants: 'secondary', generation: 4, consent: force }));
    const before = vr({ wants: 'resync', generation: 5, consent: force });
    expect((await site.judged(changing(before, vr({ generation: 6, consent: force })))).consent.isUsed).toBe(
      true,
    );
  });

  test('of an object that is gone is not that of the one that takes its name', async () => {
    const site = withBoundClaim(createSite());
    site.put('replications', vr({ wants: 'secondary', generation: 4, consent: force }));
    site.put('replications', vr({ generation: 5, consent: force }));
    site.remove('replications', vr());
    const { consent } = await site.judged(creating(vr({ consent: force })));
    expect(consent).toMatchObject({ isNew: true, isUsed: false });
  });
});
