import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import type { Member } from '../../../core/rules/replication-facts.ts';
import { changing, createSite, creating, deleting, pv, pvc, type Site, vr, withBoundClaim } from './site.ts';

const names = (reading: Member['rivals']): unknown =>
  reading.known
    ? reading.value.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`)
    : reading.why;

const volumeName = ({ volume }: Member): unknown =>
  volume.known ? volume.value?.metadata.name : `unknown: ${volume.why}`;

describe('a VolumeReplication of a bound claim', () => {
  test('is seen with its claim, its volume, its class, and what uses it', async () => {
    const site = withBoundClaim(createSite());
    site.put('storageClasses', { metadata: { name: 'rbd-sc' }, provisioner: 'rbd.csi.ceph.com' });
    site.put('pods', {
      metadata: { namespace: 'shop', name: 'db-0', uid: 'p' },
      spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'db' } }] },
    });
    site.put('attachments', {
      metadata: { name: 'csi-1' },
      spec: { nodeName: 'node-1', source: { persistentVolumeName: 'pv-db' } },
    });
    const facts = await site.judged(creating(vr()));
    expect(facts.change).toEqual({
      operation: 'CREATE',
      kind: 'VolumeReplication',
      namespace: 'shop',
      name: 'db',
      before: undefined,
      after: { replicationState: 'primary', autoResync: false },
      state: '',
      isProtecting: false,
      isTerminating: false,
      followsGroup: false,
    });
    expect(facts.classes).toEqual(
      known([{ kind: 'VolumeReplicationClass', name: 'rbd', provisioner: 'rbd.csi.ceph.com' }]),
    );
    const [member] = facts.members.known ? facts.members.value : [];
    expect(member).toMatchObject({
      claimName: 'db',
      elsewhere: known([]),
      storageClass: { known: true, value: { provisioner: 'rbd.csi.ceph.com' } },
      rivals: known([]),
      sameVolume: known([]),
      pods: known(['db-0']),
      attachedTo: known(['node-1']),
      peer: { state: 'not-configured' },
    });
    expect(volumeName(member!)).toBe('pv-db');
  });

  test('is described by what it was and what it will be', async () => {
    const site = withBoundClaim(createSite());
    const before = vr({
      wants: 'secondary',
      state: 'Secondary',
      finalizers: ['replication.storage.openshift.io'],
    });
    const { change } = await site.judged(
      changing(before, { ...before, spec: vr({ autoResync: true }).spec }),
    );
    expect(change).toMatchObject({
      before: { replicationState: 'secondary', autoResync: false },
      after: { replicationState: 'primary', autoResync: true },
      state: 'Secondary',
      isProtecting: true,
    });
  });

  test('is not judged while neither its spec nor its consent changes', async () => {
    const site = withBoundClaim(createSite());
    const before = vr();
    const relabeled = { ...before, metadata: { ...before.metadata, labels: { a: 'b' }, finalizers: ['x'] } };
    expect(await site.guard(changing(before, relabeled))).toBeUndefined();
    expect(await site.guard(changing(before, vr({ consent: 'new' })))).toBeDefined();
    expect(await site.guard(changing(before, vr(), { subResource: 'status' }))).toBeUndefined();
  });

  test('is named by how its generated name begins', async () => {
    const site = withBoundClaim(createSite());
    const { metadata, ...rest } = vr();
    const nameless = { ...rest, metadata: { namespace: metadata.namespace!, generateName: 'db-' } };
    expect((await site.judged(creating(nameless))).change.name).toBe('db-*');
  });

  test('a class that is missing has no provisioner, and a dataSource of another kind takes in nobody knows what', async () => {
    const site = createSite();
    const other = vr();
    const facts = await site.judged(
      creating({ ...other, spec: { ...other.spec, dataSource: { kind: 'VolumeSnapshot', name: 'x' } } }),
    );
    expect(facts.classes).toEqual(
      known([{ kind: 'VolumeReplicationClass', name: 'rbd', provisioner: undefined }]),
    );
    expect(facts.members).toEqual(
      unknown('its dataSource is a VolumeSnapshot, which no controller replicates'),
    );
  });
});

describe('what counts as in use', () => {
  const pod = (name: string, phase: string, volumes: object[]) => ({
    metadata: { namespace: 'shop', name, uid: name },
    spec: { volumes },
    status: { phase },
  });
  const claimVolume = (claimName: string) => ({ name: 'v', persistentVolumeClaim: { claimName } });

  const cases: [string, object, string[]][] = [
    ['a running pod', pod('p', 'Running', [claimVolume('db')]), ['p']],
    ['a pod that is to start', pod('p', 'Pending', [claimVolume('db')]), ['p']],
    ['a pod that has succeeded', pod('p', 'Succeeded', [claimVolume('db')]), []],
    ['a pod that has failed', pod('p', 'Failed', [claimVolume('db')]), []],
    ['a pod with another claim', pod('p', 'Running', [claimVolume('logs')]), []],
    ['a pod whose own volume is this claim', pod('d', 'Running', [{ name: 'b', ephemeral: {} }]), []],
    ['a pod without claims', pod('p', 'Running', [{ name: 'tmp', emptyDir: {} }]), []],
  ];
  test.each(cases)('%s', async (_, object, expected) => {
    const site = withBoundClaim(createSite());
    site.put('pods', object);
    expect((await site.member(creating(vr()))).pods).toEqual(known(expected));
  });

  test('a claim that lives with its pod is used by that pod', async () => {
    const site = createSite();
    site.put('claims', pvc({ name: 'db-0-data' }));
    site.put('pods', pod('db-0', 'Running', [{ name: 'data', ephemeral: {} }]));
    expect((await site.member(creating(vr({ claim: 'db-0-data' })))).pods).toEqual(known(['db-0']));
  });

  test('a pod that ends, and comes again under its name, is followed', async () => {
    const site = withBoundClaim(createSite());
    site.put('pods', pod('p', 'Running', [claimVolume('db')]));
    site.put('pods', pod('p', 'Succeeded', [claimVolume('db')]));
    expect((await site.member(creating(vr()))).pods).toEqual(known([]));
    site.put('pods', pod('p', 'Pending', [claimVolume('db')]));
    expect((await site.member(creating(vr()))).pods).toEqual(known(['p']));
  });
});

describe('the volume of a claim', () => {
  const cases: [string, (site: Site) => void, unknown][] = [
    ['is the PV that it names', (site) => void withBoundClaim(site), 'pv-db'],
    [
      'is the PV that is reserved for it, while it is not bound',
      (site) => {
        site.put('claims', pvc());
        site.put('volumes', pv({ claim: 'shop/db' }));
      },
      'pv-db',
    ],
    [
      'is not a PV that was reserved for an earlier claim of its name',
      (site) => {
        site.put('claims', pvc());
        site.put('volumes', pv({ claim: 'shop/db', uid: 'somebody-else' }));
      },
      undefined,
    ],
    [
      'is not a PV that is reserved for the same name elsewhere',
      (site) => {
        site.put('claims', pvc());
        site.put('volumes', pv({ claim: 'bank/db' }));
      },
      undefined,
    ],
    [
      'is not known while the PV it is bound to is not in view',
      (site) => site.put('claims', pvc({ volume: 'pv-db' })),
      'unknown: PV pv-db of claim shop/db is not in view',
    ],
    [
      'is to come where the PV that it asks for is not there yet',
      (site) => site.put('claims', pvc({ volume: 'pv-db', phase: 'Pending' })),
      undefined,
    ],
    [
      'is not known where several are reserved for it',
      (site) => {
        site.put('claims', pvc());
        site.put('volumes', pv({ name: 'a', claim: 'shop/db' }));
        site.put('volumes', pv({ name: 'b', claim: 'shop/db' }));
      },
      'unknown: several PVs are reserved for claim shop/db: a, b',
    ],
    [
      'is either of two PVs of one identity',
      (site) => {
        site.put('claims', pvc());
        site.put('volumes', pv({ name: 'a', handle: 'h', claim: 'shop/db' }));
        site.put('volumes', pv({ name: 'b', handle: 'h', claim: 'shop/db' }));
      },
      'a',
    ],
  ];
  test.each(cases)('%s', async (_, fill, expected) => {
    const site = createSite();
    fill(site);
    expect(volumeName(await site.member(creating(vr())))).toBe(expected);
  });
});

describe('a claim that is not in the cache', () => {
  test('is read live, as it may have been created a moment ago', async () => {
    const site = createSite({ readClaim: async () => pvc() });
    const { claim, elsewhere } = await site.member(creating(vr()));
    expect(claim).toMatchObject({ known: true, value: { metadata: { uid: 'pvc-shop-db' } } });
    expect(elsewhere).toEqual(known([]));
    expect(site.asked.claims).toEqual(['shop/db']);
  });

  test('is told to be elsewhere where a namespace has one of its name', async () => {
    const site = createSite();
    site.put('claims', pvc({ namespace: 'bank' }));
    const { claim, elsewhere } = await site.member(creating(vr()));
    expect(claim).toEqual(known(undefined));
    expect(elsewhere).toEqual(known(['bank']));
  });

  test('is unknown where nobody answers', async () => {
    const site = createSite({ readClaim: () => Promise.reject(new Error('connection refused')) });
    const { claim, volume, rivals } = await site.member(creating(vr()));
    expect(claim).toEqual(unknown('claim shop/db could not be read: connection refused'));
    expect([volume.known, rivals.known]).toEqual([false, false]);
  });

  test('is of no concern to a demotion, nor is it read for a deletion', async () => {
    const site = createSite({ readClaim: async () => pvc() });
    await site.member(changing(vr(), vr({ wants: 'secondary' })));
    await site.guard(deleting(vr()));
    expect(site.asked.claims).toEqual([]);
  });
});

describe('other replications', () => {
  test('of the same claim are rivals, and of the same volume', async () => {
    const site = withBoundClaim(createSite());
    site.put('replications', vr({ name: 'other', wants: 'secondary', state: 'Secondary' }));
    const { rivals, sameVolume } = await site.member(creating(vr()));
    expect(names(rivals)).toEqual(['VolumeReplication shop/other']);
    expect(sameVolume).toEqual(
      known([
        {
          kind: 'VolumeReplication',
          namespace: 'shop',
          name: 'other',
          claimName: 'db',
          wants: 'secondary',
          state: 'Secondary',
        },
      ]),
    );
  });

  test('of the same volume are found in whatever namespace, through whatever PV', async () => {
    const site = withBoundClaim(createSite());
    site.put('volumes', pv({ name: 'copy', handle: 'pv-db', claim: 'bank/cash' }));
    site.put('replications', vr({ namespace: 'bank', name: 'cash', claim: 'cash' }));
    const { rivals, sameVolume } = await site.member(creating(vr()));
    expect(names(rivals)).toEqual([]);
    expect(names(sameVolume)).toEqual(['VolumeReplication bank/cash']);
  });

  test('of another volume are of no concern', async () => {
    const site = withBoundClaim(createSite());
    site.put('claims', pvc({ namespace: 'bank', volume: 'pv-bank' }));
    site.put('volumes', pv({ name: 'pv-bank', claim: 'bank/db', uid: 'pvc-bank-db' }));
    site.put('replications', vr({ namespace: 'bank' }));
    expect(names((await site.member(creating(vr()))).sameVolume)).toEqual([]);
  });

  test('do not include the one that changes', async () => {
    const site = withBoundClaim(createSite());
    site.put('replications', vr({ wants: 'secondary' }));
    const { rivals, sameVolume } = await site.member(changing(vr({ wants: 'secondary' }), vr()));
    expect([names(rivals), names(sameVolume)]).toEqual([[], []]);
  });

  test('of an unbound claim are those that will have its volume', async () => {
    const site = createSite();
    site.put('claims', pvc());
    site.put('replications', vr({ name: 'other' }));
    expect(names((await site.member(creating(vr()))).sameVolume)).toEqual(['VolumeReplication shop/other']);
  });

  test('of a claim that lost its PV to another are not those of the PV', async () => {
    const site = withBoundClaim(createSite());
    // The reference of a PV that was released once names a claim which holds another volume by now.
    site.put('volumes', pv({ name: 'copy', handle: 'pv-db', claim: 'bank/cash', uid: 'an-earlier-one' }));
    site.put('claims', pvc({ namespace: 'bank', name: 'cash', volume: 'pv-cash' }));
    site.put('replications', vr({ namespace: 'bank', name: 'cash', claim: 'cash' }));
    expect(names((await site.member(creating(vr()))).sameVolume)).toEqual([]);
  });
});
