import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { known } from '../../../core/model/reading.ts';
import type { GuardFacts } from '../../../core/rules/guard-facts.ts';
import {
  changing,
  createSite,
  creating,
  deleting,
  now,
  pv,
  pvc,
  type Site,
  vgr,
  vr,
  withBoundClaim,
} from './site.ts';

const finalizers = ['replication.storage.openshift.io'];

const protectors = (facts: GuardFacts | undefined): unknown => {
  const reading =
    facts?.subject === 'namespace' || facts?.subject === 'definition'
      ? facts.replications
      : facts?.subject === 'claim' || facts?.subject === 'volume'
        ? facts.protectedBy
        : undefined;
  if (reading === undefined) return 'not judged';
  return reading.known ? reading.value.map(({ kind, name }) => `${kind} ${name}`) : reading.why;
};

const taken = (facts: GuardFacts | undefined): unknown => {
  if (facts?.subject !== 'claim' && facts?.subject !== 'namespace') return 'not judged';
  const { takesAlong } = facts;
  if (!takesAlong.known) return takesAlong.why;
  return takesAlong.value.map(
    ({ volumeName, claimName, protectedBy }) =>
      `${volumeName} of ${claimName} by ${protectedBy.map(({ kind, name }) => `${kind} ${name}`).join()}`,
  );
};

const namespace = (name = 'shop', deletionTimestamp?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
});

const going = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, deletionTimestamp: '2026-11-20T11:00:00Z' },
});

describe('a claim that is deleted', () => {
  const cases: [string, (site: Site) => void, KubernetesObject, unknown][] = [
    ['that nothing replicates', () => undefined, pvc(), []],
    [
      'that a VolumeReplication names',
      (site) => site.put('replications', vr()),
      pvc(),
      ['VolumeReplication db'],
    ],
    [
      'that a group takes in',
      (site) => site.put('groups', vgr()),
      pvc({ labels: { app: 'shop' } }),
      ['VolumeGroupReplication all'],
    ],
    [
      'that a group marked',
      (site) => site.put('groups', vgr()),
      pvc({ group: 'all' }),
      ['VolumeGroupReplication all'],
    ],
    ['of the same name elsewhere', (site) => site.put('replications', vr({ namespace: 'bank' })), pvc(), []],
  ];
  test.each(cases)('%s', async (_, fill, claim, expected) => {
    const site = createSite();
    fill(site);
    expect(protectors(await site.guard(deleting(claim)))).toEqual(expected);
  });

  test.each([
    [
      'takes along a volume that is protected through another claim',
      'Delete',
      ['copy of db by VolumeReplication cash'],
    ],
    ['keeps it', 'Retain', []],
  ] as const)('%s, as the policy of its PV says', async (_, policy, expected) => {
    const site = createSite();
    site.put('volumes', pv({ name: 'pv-cash', handle: 'one', claim: 'bank/cash', uid: 'pvc-bank-cash' }));
    site.put('claims', pvc({ namespace: 'bank', name: 'cash', volume: 'pv-cash' }));
    site.put('replications', vr({ namespace: 'bank', name: 'cash', claim: 'cash' }));
    site.put('volumes', pv({ name: 'copy', handle: 'one', claim: 'shop/db', uid: 'pvc-shop-db', policy }));
    const claim = pvc({ volume: 'copy' });
    site.put('claims', claim);
    expect(taken(await site.guard(deleting(claim)))).toEqual(expected);
    expect(taken(await site.guard(deleting(namespace())))).toEqual(expected);
    expect(taken(await site.guard(deleting(namespace('bank'))))).toEqual([]);
  });

  test('is judged by what the request shows, also where all claims are deleted at once and none is named', async () => {
    const site = createSite();
    site.put('replications', vr());
    site.put('namespaces', going(namespace()));
    const facts = await site.guard(deleting(going(pvc()), { name: '' }));
    expect(facts).toMatchObject({ name: 'db', isTerminating: true, namespaceTerminating: known(true) });
    expect(protectors(facts)).toEqual(['VolumeReplication db']);
  });

  test('is not judged when it is created or changed', async () => {
    const site = createSite();
    expect(await site.guard(creating(pvc()))).toBeUndefined();
    expect(await site.guard(changing(pvc(), pvc({ volume: 'x' })))).toBeUndefined();
  });
});

describe('a PV', () => {
  const released = pv({ claim: 'shop/db', uid: 'an-earlier-claim' });
  const cases: [string, (site: Site) => void, KubernetesObject, unknown][] = [
    ['that no claim has', () => undefined, pv(), []],
    ['whose claim nothing replicates', () => undefined, pv({ name: 'pv-logs', claim: 'shop/logs' }), []],
    [
      'whose claim is replicated',
      () => undefined,
      pv({ claim: 'shop/db', uid: 'pvc-shop-db' }),
      ['VolumeReplication db'],
    ],
    [
      'whose claim is gone, and its VolumeReplication is not',
      (site) => site.remove('claims', pvc()),
      released,
      ['VolumeReplication db'],
    ],
    [
      'of an earlier claim, while the one of its name has another',
      () => undefined,
      pv({ name: 'old', claim: 'shop/db', uid: 'x' }),
      [],
    ],
    ['that a claim names before it is bound', () => undefined, pv(), ['VolumeReplication db']],
    [
      'of the same volume under another name, kept',
      () => undefined,
      pv({ name: 'copy', handle: 'pv-db' }),
      [],
    ],
    [
      'of the same volume under another name, that takes the volume with it',
      () => undefined,
      pv({ name: 'copy', handle: 'pv-db', policy: 'Delete' }),
      ['VolumeReplication db'],
    ],
  ];
  test.each(cases)('%s', async (sentence, fill, volume, expected) => {
    const site = createSite();
    if (sentence !== 'that no claim has') withBoundClaim(site);
    site.put('replications', vr());
    fill(site);
    expect(protectors(await site.guard(deleting(volume)))).toEqual(expected);
  });

  test('is judged when its policy changes, and for no other change', async () => {
    const site = withBoundClaim(createSite());
    site.put('replications', vr());
    const retained = pv({ claim: 'shop/db', uid: 'pvc-shop-db' });
    const changed = pv({ claim: 'shop/db', uid: 'pvc-shop-db', policy: 'Delete' });
    const facts = await site.guard(changing(retained, changed));
    expect(facts).toMatchObject({ subject: 'volume', operation: 'UPDATE', name: 'pv-db' });
    expect(protectors(facts)).toEqual(['VolumeReplication db']);
    expect(await site.guard(changing(retained, pv({ claim: 'shop/other' })))).toBeUndefined();
    const silent = { ...retained, spec: { ...retained.spec, persistentVolumeReclaimPolicy: undefined } };
    expect(await site.guard(changing(retained, silent))).toBeUndefined();
    expect(await site.guard(creating(retained))).toBeUndefined();
  });
});

describe('a namespace that is deleted', () => {
  const cases: [string, (site: Site) => void, unknown][] = [
    ['holds nothing', () => undefined, []],
    [
      'holds a VolumeReplication that protects',
      (site) => site.put('replications', vr({ finalizers })),
      ['VolumeReplication db'],
    ],
    ['holds one that never did', (site) => site.put('replications', vr()), []],
    [
      'holds one that reached its state, and whose finalizer somebody took away',
      (site) => site.put('replications', vr({ state: 'Primary' })),
      ['VolumeReplication db'],
    ],
    ['holds a group without claims', (site) => site.put('groups', vgr()), []],
    [
      'holds a group with claims',
      (site) => {
        site.put('groups', vgr());
        site.put('claims', pvc({ labels: { app: 'shop' } }));
      },
      ['VolumeGroupReplication all'],
    ],
    [
      'is not the one that protects',
      (site) => site.put('replications', vr({ namespace: 'bank', finalizers })),
      [],
    ],
  ];
  test.each(cases)('%s', async (_, fill, expected) => {
    const site = createSite();
    fill(site);
    expect(protectors(await site.guard(deleting(namespace())))).toEqual(expected);
  });

  test('tells whether it is going already', async () => {
    const site = createSite();
    expect(await site.guard(deleting(namespace()))).toMatchObject({ name: 'shop', isTerminating: false });
    const again = deleting(namespace('shop', '2026-11-20T11:00:00Z'));
    expect(await site.guard(again)).toMatchObject({ isTerminating: true });
  });
});

describe('a definition that is deleted', () => {
  const definition = (plural: string): KubernetesObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.replication.storage.openshift.io` },
  });

  test.each([
    ['volumereplications', ['VolumeReplication db', 'VolumeReplication cash']],
    ['volumegroupreplications', ['VolumeGroupReplication all']],
  ])('of %s takes along what protects, in all namespaces', async (plural, expected) => {
    const site = createSite();
    site.put('replications', vr({ finalizers }));
    site.put('replications', vr({ namespace: 'bank', name: 'cash', state: 'Secondary' }));
    site.put('replications', vr({ name: 'new' }));
    site.put('groups', vgr({ finalizers: ['replication.storage.openshift.io/vgr-protection'] }));
    expect(protectors(await site.guard(deleting(definition(plural))))).toEqual(expected);
    expect(await site.guard(creating(definition(plural)))).toBeUndefined();
  });
});

describe('what protected volumes cannot do without, when it is deleted', () => {
  const object = (apiVersion: string, kind: string, name: string): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name },
  });
  const group = 'replication.storage.openshift.io';
  const definition = (plural: string) =>
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${plural}.${group}`);
  const site = createSite();
  const restored = pvc({ name: 'standby' });
  site.put('replications', vr({ finalizers }));
  site.put('replications', vr({ name: 'new' }));
  site.put('claims', { ...pvc(), spec: { storageClassName: 'rbd' } });
  site.put('claims', {
    ...restored,
    metadata: { ...restored.metadata, annotations: { 'kubectl-dr.dev/replication-class': 'other' } },
  });
  const className = vr().spec.volumeReplicationClass;

  test.each<[string, KubernetesObject, unknown]>([
    ['a class', object(`${group}/v1alpha1`, 'VolumeReplicationClass', className), ['VolumeReplication db']],
    ['a class of nobody', object(`${group}/v1alpha1`, 'VolumeReplicationClass', 'unused'), []],
    [
      'a class of restored claims',
      object(`${group}/v1alpha1`, 'VolumeReplicationClass', 'other'),
      ['shop/standby'],
    ],
    ['a StorageClass', object('storage.k8s.io/v1', 'StorageClass', 'rbd'), ['VolumeReplication db']],
    ['a StorageClass of nobody', object('storage.k8s.io/v1', 'StorageClass', 'other'), []],
    [
      'the kind of the classes',
      definition('volumereplicationclasses'),
      ['VolumeReplication db', 'shop/standby'],
    ],
    ['the kind of the classes of groups', definition('volumegroupreplicationclasses'), []],
    ['any other kind', definition('others'), 'not judged'],
  ])('%s', async (_, deleted, expected) => {
    const facts = await site.guard(deleting(deleted));
    if (facts?.subject !== 'needed') return expect(expected).toBe('not judged');
    const { replications, standby } = facts;
    expect([
      ...(replications.known
        ? replications.value.map(({ kind, name }) => `${kind} ${name}`)
        : [replications.why]),
      ...(standby.known ? standby.value : [standby.why]),
    ]).toEqual(expected);
  });
});

describe('a record of a procedure that is deleted', () => {
  const at = (milliseconds: number): string => new Date(now - milliseconds).toISOString();
  const record = (status: object | undefined, created = 60_000): KubernetesObject => ({
    apiVersion: 'kubectl-dr.dev/v1alpha1',
    kind: 'Operation',
    metadata: { namespace: 'shop', name: 'relocate-1', creationTimestamp: at(created) },
    spec: {
      verb: 'Relocate',
      from: { name: 'east' },
      to: { name: 'west' },
      by: 'alice',
      volumes: [{ persistentVolumeClaim: 'db' }],
    },
    ...(status && { status }),
  });
  const lease = (renewed: number) => ({ holder: 'x', renewTime: at(renewed), leaseDurationSeconds: 15 });

  test.each<[string, KubernetesObject, string | undefined]>([
    ['that runs', record({ phase: 'Running', lease: lease(2_000) }), 'relocate to west by alice'],
    ['that has just been made', record(undefined), 'relocate to west by alice'],
    [
      'that nobody writes to any more',
      record({ phase: 'Running', lease: lease(600_000) }, 3_600_000),
      undefined,
    ],
    ['that is over', record({ phase: 'Succeeded', lease: lease(2_000) }), undefined],
    ['that was left', record({ phase: 'Left' }), undefined],
  ])('%s', async (_, deleted, atWork) => {
    expect(await createSite().guard(deleting(deleted))).toMatchObject({
      subject: 'record',
      name: 'relocate-1',
      atWork,
    });
  });

  test('that cannot be read is refused as such', async () => {
    const spoilt = { ...record(undefined), spec: { verb: 7 } };
    await expect(createSite().guard(deleting(spoilt))).rejects.toThrow(
      /Operation shop\/relocate-1 cannot be read/,
    );
  });

  test('goes with its kind while something is protected', async () => {
    const site = createSite();
    site.put('replications', { ...vr(), metadata: { ...vr().metadata, finalizers } });
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'operations.kubectl-dr.dev' },
    };
    expect(await site.guard(deleting(definition))).toMatchObject({
      subject: 'recordKind',
      replications: { known: true, value: ['VolumeReplication shop/db'] },
    });
  });
});

describe('who may delete', () => {
  const user = (username: string) => ({ user: { username, groups: [], extra: {} } });
  const controller = user('system:serviceaccount:kube-system:namespace-controller');
  const ramen = user('system:serviceaccount:ramen:controller');
  const objects = { vr: vr(), vgr: vgr(), pvc: pvc(), pv: pv(), namespace: namespace() };

  const cases: [string, ReturnType<typeof user>, (keyof typeof objects)[]][] = [
    ['the namespace controller, what goes with a namespace', controller, ['pv', 'namespace']],
    ['an account that owns the life cycle, everything', ramen, []],
    ['anybody else, nothing unjudged', user('alice'), ['vr', 'vgr', 'pvc', 'pv', 'namespace']],
  ];
  test.each(cases)('%s', async (_, who, expected) => {
    const site = createSite({ lifecycleOwners: ['system:serviceaccount:ramen:controller'] });
    const judged: string[] = [];
    for (const [name, object] of Object.entries(objects)) {
      if ((await site.guard(deleting(object, who))) !== undefined) judged.push(name);
    }
    expect(judged).toEqual(expected);
  });

  test('an account that owns the life cycle is judged like anybody when it changes something', async () => {
    const site = createSite({ lifecycleOwners: ['system:serviceaccount:ramen:controller'] });
    expect(await site.guard(changing(vr({ wants: 'secondary' }), vr(), ramen))).toBeDefined();
  });
});
