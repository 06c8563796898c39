import { describe, expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import {
  changing,
  createSite,
  creating,
  now,
  pvc,
  type Site,
  type SiteOptions,
  vgr,
  vr,
  withBoundClaim,
} from './site.ts';

const rivalsOf = async (site: Site, request: Parameters<Site['member']>[0]): Promise<unknown> => {
  const { rivals } = await site.member(request);
  return rivals.known ? rivals.value.map(({ name, wants }) => `${name} ${wants}`) : rivals.why;
};

const admitting = (requests: Parameters<Site['member']>[0][], options: SiteOptions = {}): Site => {
  const site = withBoundClaim(createSite(options));
  for (const request of requests) site.facts.admitted(request);
  return site;
};

const second = creating(vr({ name: 'second' }));

describe('a VolumeReplication that was let in', () => {
  test('is in view before the cache shows it', async () => {
    expect(await rivalsOf(admitting([creating(vr())]), second)).toEqual(['db primary']);
  });

  test('is not in view where it was only tried, or is for another claim', async () => {
    const tried = creating(vr(), { dryRun: true });
    expect(await rivalsOf(admitting([tried, creating(vr({ claim: 'logs' }))]), second)).toEqual([]);
  });

  test('is seen once when the cache shows it, and as that shows it', async () => {
    const site = admitting([creating(vr())]);
    site.put('replications', vr({ wants: 'secondary', generation: 2 }));
    expect(await rivalsOf(site, second)).toEqual(['db secondary']);
  });

  test('is forgotten after ten seconds: it was not stored after all', async () => {
    let clock = now;
    const site = admitting([creating(vr())], { now: () => clock });
    clock += 9_999;
    expect(await rivalsOf(site, second)).toEqual(['db primary']);
    clock += 2;
    expect(await rivalsOf(site, second)).toEqual([]);
  });

  test('is no rival of itself when it is tried again, or changed at once', async () => {
    const site = admitting([creating(vr())]);
    expect(await rivalsOf(site, creating(vr()))).toEqual([]);
    expect(await rivalsOf(site, changing(vr({ wants: 'secondary' }), vr()))).toEqual([]);
  });

  test('is known by its namespace where the object does not say it', async () => {
    const { metadata, ...rest } = vr();
    const { namespace: _, ...bare } = metadata;
    const site = admitting([creating({ ...rest, metadata: bare }, { namespace: 'shop' })]);
    expect(await rivalsOf(site, second)).toEqual(['db primary']);
  });

  test('is a rival of the next one whose name is to be generated, and of no other once it has its own', async () => {
    const { metadata, ...rest } = vr();
    const nameless = { ...rest, metadata: { namespace: metadata.namespace!, generateName: 'db-' } };
    const site = admitting([creating(nameless)]);
    expect(await rivalsOf(site, creating(nameless))).toEqual(['db-* primary']);
    site.put('replications', vr({ name: 'db-x7k2f' }));
    expect(
      await rivalsOf(site, changing(vr({ name: 'db-x7k2f', wants: 'secondary' }), vr({ name: 'db-x7k2f' }))),
    ).toEqual([]);
    expect(await rivalsOf(site, second)).toEqual(['db-x7k2f primary']);
  });
});

describe('a change that was let in', () => {
  const cached = vr({ wants: 'secondary', generation: 3 });
  const promoted = changing(cached, vr({ generation: 4 }));

  test('is in view at once', async () => {
    const site = admitting([promoted]);
    site.put('replications', cached);
    expect(await rivalsOf(site, second)).toEqual(['db primary']);
  });

  test('is what the cache shows once it has it', async () => {
    const site = admitting([promoted]);
    site.put('replications', vr({ wants: 'resync', generation: 5 }));
    expect(await rivalsOf(site, second)).toEqual(['db resync']);
  });

  test('is not believed for the better: it may not have been stored', async () => {
    const site = admitting([changing(vr({ generation: 3 }), vr({ wants: 'secondary', generation: 4 }))]);
    site.put('replications', vr({ generation: 3 }));
    expect(await rivalsOf(site, second)).toEqual(['db primary']);
  });
});

describe('a group that was let in', () => {
  test('is in view before the cache shows it', async () => {
    const site = createSite();
    site.put('claims', pvc({ labels: { app: 'shop' } }));
    site.facts.admitted(creating(vgr()));
    expect(await rivalsOf(site, second)).toEqual(['all primary']);
  });

  test('is followed by its VolumeReplication before the cache shows what it wants', async () => {
    const site = createSite();
    const before = vgr({ wants: 'secondary', generation: 1 });
    site.put('groups', before);
    site.facts.admitted(changing(before, vgr({ generation: 2 })));
    const { change } = await site.judged(creating(vr({ name: 'vr-1', group: 'all' })));
    expect(change.followsGroup).toBe(true);
  });
});

test('a class that was let in is there for the VolumeReplication that comes with it', async () => {
  const site = createSite();
  const rbd = {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplicationClass',
    metadata: { name: 'rbd' },
    spec: { provisioner: 'rbd.csi.ceph.com' },
  };
  site.facts.admitted(creating(rbd));
  expect((await site.judged(creating(vr()))).classes).toEqual(
    known([{ kind: 'VolumeReplicationClass', name: 'rbd', provisioner: 'rbd.csi.ceph.com' }]),
  );
});

test('what cannot be read is not remembered, and disturbs nobody', async () => {
  const broken = { ...vr(), spec: { dataSource: null } };
  expect(await rivalsOf(admitting([creating(broken)]), second)).toEqual([]);
});
