import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import type { ReplicationFacts } from '../../../core/rules/replication-facts.ts';
import { changing, createSite, creating, deleting, pv, pvc, type Site, vgr, vr } from './site.ts';

const memberNames = ({ members }: ReplicationFacts): unknown =>
  members.known ? members.value.map(({ claimName }) => claimName) : members.why;

/** Claims `a` and `b` with the label of the group, `c` without. */
const withClaims = (site: Site): Site => {
  for (const name of ['a', 'b', 'c']) {
    const labels = name === 'c' ? { app: 'bank' } : { app: 'shop' };
    site.put('claims', pvc({ name, labels, volume: `pv-${name}` }));
    site.put('volumes', pv({ name: `pv-${name}`, claim: `shop/${name}`, uid: `pvc-shop-${name}` }));
  }
  site.put('claims', pvc({ namespace: 'bank', name: 'd', labels: { app: 'shop' } }));
  return site;
};

describe('the claims of a group', () => {
  const requirement = (operator: string, values: string[]) => ({
    matchExpressions: [{ key: 'app', operator, values }],
  });
  const cases: [string, Parameters<typeof vgr>[0], unknown][] = [
    ['are those of its namespace that the labels fit', {}, ['a', 'b']],
    ['are those that a requirement fits', { selector: requirement('NotIn', ['shop']) }, ['c']],
    ['may be none yet', { selector: { matchLabels: { app: 'new' } } }, []],
    ['are all where the selector is empty', { selector: {} }, ['a', 'b', 'c']],
    [
      'are those that its status lists, too, while they are there',
      { selector: { matchLabels: { app: 'new' } }, listed: ['c', 'gone'] },
      ['c'],
    ],
    [
      'are unknown where nobody knows the operator',
      { selector: requirement('Near', ['shop']) },
      'the selector of VolumeGroupReplication shop/all has an operator or values that cannot be understood',
    ],
  ];
  test.each(cases)('%s', async (_, sketch, expected) => {
    const site = withClaims(createSite());
    expect(memberNames(await site.judged(creating(vgr(sketch))))).toEqual(expected);
  });

  test('are those that its controller marked, too', async () => {
    const site = withClaims(createSite());
    site.put('claims', pvc({ name: 'left', group: 'all' }));
    expect(memberNames(await site.judged(deleting(vgr())))).toEqual(['a', 'b', 'left']);
  });
});

describe('a group', () => {
  test('names both of its classes', async () => {
    const site = withClaims(createSite());
    site.put('groupClasses', { metadata: { name: 'rbd-group' }, spec: { provisioner: 'rbd.csi.ceph.com' } });
    expect((await site.judged(creating(vgr()))).classes).toEqual(
      known([
        { kind: 'VolumeGroupReplicationClass', name: 'rbd-group', provisioner: 'rbd.csi.ceph.com' },
        { kind: 'VolumeReplicationClass', name: 'rbd', provisioner: undefined },
      ]),
    );
  });

  test('protects once it has a finalizer or a claim, and perhaps where its claims are unknown', async () => {
    const site = withClaims(createSite());
    const none = { matchLabels: { app: 'none' } };
    const strange = { matchExpressions: [{ key: 'a', operator: 'Near' }] };
    const isProtecting = async (sketch: Parameters<typeof vgr>[0]) =>
      (await site.judged(deleting(vgr(sketch)))).change.isProtecting;
    expect(await isProtecting({})).toBe(true);
    expect(await isProtecting({ selector: none })).toBe(false);
    const finalizers = ['replication.storage.openshift.io/vgr-protection'];
    expect(await isProtecting({ selector: none, finalizers })).toBe(true);
    expect(await isProtecting({ selector: strange })).toBe(true);
  });

  test('is a rival of a VolumeReplication for a claim that it takes in', async () => {
    const site = withClaims(createSite());
    site.put('groups', vgr({ wants: 'secondary' }));
    const { rivals } = await site.member(creating(vr({ claim: 'a' })));
    expect(rivals).toMatchObject({ known: true, value: [{ kind: 'VolumeGroupReplication', name: 'all' }] });
    expect((await site.member(creating(vr({ claim: 'c' })))).rivals).toEqual(known([]));
  });

  test('that nobody understands makes rivals unknown, unless it rules the claim out', async () => {
    const site = withClaims(createSite());
    const near = [{ key: 'tier', operator: 'Near' }];
    site.put('groups', vgr({ selector: { matchLabels: { app: 'shop' }, matchExpressions: near } }));
    expect((await site.member(creating(vr({ claim: 'a' })))).rivals.known).toBe(false);
    expect((await site.member(creating(vr({ claim: 'c' })))).rivals).toEqual(known([]));
  });

  test('is no rival of itself, nor is the VolumeReplication that carries its state', async () => {
    const site = withClaims(createSite());
    site.put('groups', vgr());
    site.put('replications', vr({ name: 'vr-1', group: 'all' }));
    const { members } = await site.judged(changing(vgr({ wants: 'secondary' }), vgr()));
    expect(members.known && members.value.map(({ rivals }) => rivals)).toEqual([known([]), known([])]);
  });

  test('that is gone leaves its VolumeReplication to stand for the claims it marked', async () => {
    const site = createSite();
    site.put('claims', pvc({ name: 'a', group: 'all' }));
    site.put('replications', vr({ name: 'vr-1', group: 'all' }));
    expect((await site.member(creating(vr({ claim: 'a' })))).rivals).toMatchObject({
      value: [{ kind: 'VolumeReplication', name: 'vr-1' }],
    });
  });
});

describe('a VolumeReplication of a group', () => {
  const follows = async (site: Site, request: Parameters<Site['judged']>[0]): Promise<boolean> =>
    (await site.judged(request)).change.followsGroup;
  const carrier = (sketch: Parameters<typeof vr>[0] = {}) => vr({ name: 'vr-1', group: 'all', ...sketch });

  test('follows it where the group wants the same', async () => {
    const site = withClaims(createSite());
    site.put('groups', vgr({ wants: 'primary' }));
    expect(await follows(site, creating(carrier()))).toBe(true);
    expect(await follows(site, changing(carrier({ wants: 'secondary' }), carrier()))).toBe(true);
  });

  const strays: [string, (site: Site) => void, Parameters<typeof vr>[0]][] = [
    ['wants something else', (site) => site.put('groups', vgr({ wants: 'secondary' })), {}],
    ['resyncs itself and the group does not', (site) => site.put('groups', vgr()), { autoResync: true }],
    ['has no group here', () => undefined, {}],
    ['names the group of another namespace', (site) => site.put('groups', vgr({ namespace: 'bank' })), {}],
  ];
  test.each(strays)('is judged by the claims of the group where it %s', async (_, fill, sketch) => {
    const site = withClaims(createSite());
    fill(site);
    site.put('claims', pvc({ name: 'a', labels: { app: 'shop' }, group: 'all' }));
    const facts = await site.judged(creating(carrier(sketch)));
    expect(facts.change.followsGroup).toBe(false);
    expect(memberNames(facts)).toContain('a');
  });

  test('is judged where it is unknown what the group wants', async () => {
    const site = withClaims(createSite({ health: { groups: { hasSynced: () => false } } }));
    const facts = await site.judged(creating(carrier()));
    expect(facts.change.followsGroup).toBe(false);
    expect(facts.members).toEqual({
      ...unknown('the VolumeGroupReplications are not listed yet'),
      isPassing: true,
    });
  });

  test('may be deleted with its group, and not without', async () => {
    const site = withClaims(createSite());
    expect(await follows(site, deleting(carrier()))).toBe(true);
    site.put('groups', vgr());
    expect(await follows(site, deleting(carrier()))).toBe(false);
    site.put('groups', vgr({ deleting: true }));
    expect(await follows(site, deleting(carrier()))).toBe(true);
  });
});
