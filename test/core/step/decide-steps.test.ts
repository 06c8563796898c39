import { describe, expect, test } from 'vitest';
import { consentAnnotation } from '../../../core/consent.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import type { VolumeAttachment } from '../../../core/model/volume-attachment.ts';
import { decideDemote } from '../../../core/step/decide-demote.ts';
import { decideProtect } from '../../../core/step/decide-protect.ts';
import { decideResync } from '../../../core/step/decide-resync.ts';
import { decideUnprotect } from '../../../core/step/decide-unprotect.ts';
import type { Decision } from '../../../core/step/decision.ts';
import { pvc } from '../status/objects.ts';
import { ago, dark, kept, now, stepFacts, vr, vrc } from './pair.ts';

const secondary = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] } as const;
const pod = {
  metadata: { namespace: 'shop', name: 'db-0' },
  spec: { volumes: [{ persistentVolumeClaim: { claimName: 'db' } }] },
};
const attachment: VolumeAttachment = {
  metadata: { name: 'csi-1' },
  spec: { nodeName: 'node-1', source: { persistentVolumeName: 'pv-db' } },
};

const codes = (decision: Decision): string[] =>
  decision.kind === 'refuse' ? decision.obstacles.map(({ code }) => code) : [];

describe('a demotion', () => {
  const decide = (...sides: Parameters<typeof stepFacts>) => decideDemote(stepFacts(...sides), { now });

  /** Promoted an hour ago, with a sync of five minutes ago. */
  const followed = vr({ synced: 5 });
  const fresh = vr();

  test('asks for secondary where nothing uses the volume, whatever the other site is', () => {
    for (const there of [{}, dark, null])
      expect(decide({ replications: known([followed]) }, there)).toMatchObject({
        kind: 'write',
        writes: [{ kind: 'ask', replicationState: 'secondary', demotion: { followed: 'yes', at: now } }],
        consent: undefined,
      });
  });

  test('is refused while the other site has not followed since the promote', () => {
    expect(codes(decide({ replications: known([fresh]) }))).toEqual(['DR113']);
  });

  test.each<[string, Parameters<typeof vr>[0], string]>([
    [
      'to wait, where the controller tells of it',
      { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] },
      'kubectl --context east -n shop wait vr db-vr --for=condition=Followed --timeout=15m',
    ],
    [
      'the status, where the copy may never follow',
      { wants: 'secondary', state: 'Secondary', sets: ['resyncFailed'], message: 'split-brain' },
      'kubectl dr status db -n shop --context east',
    ],
  ])('names %s', (_, replica, next) => {
    const primary = vr({ sets: ['promoted', 'notFollowed'] });
    const decision = decide({ replications: known([primary]) }, { replications: known([vr(replica)]) });
    expect(decision).toMatchObject({ obstacles: [{ code: 'DR113', next }] });
  });

  test('names a way on for what could be accepted, too, where something else stands against it', () => {
    const facts = stepFacts({ replications: known([fresh]), pods: known([pod]) });
    expect(decideDemote(facts, { now })).toMatchObject({
      obstacles: [{ code: 'DR113', next: 'kubectl dr status db -n shop --context east' }, { code: 'DR109' }],
    });
    expect(codes(decideDemote(facts, { now, acceptsLoss: true }))).toEqual(['DR109']);
  });

  test('marks the volume and wants a consent where somebody accepts that nobody has followed', () => {
    const facts = stepFacts({ replications: known([fresh]) });
    expect(decideDemote(facts, { now, acceptsLoss: true })).toMatchObject({
      kind: 'write',
      writes: [{ kind: 'ask', replicationState: 'secondary', demotion: { followed: 'no', at: now } }],
      consent: {
        accepts: ['lose-since-promote'],
        obstacles: [{ code: 'DR113' }],
        loses: 'what was written on east since it became primary, as far as west does not have it',
        loss: { known: false, why: 'west has not followed east since it became primary' },
      },
    });
  });

  test('wants no consent of whoever accepts a loss that there is not', () => {
    const facts = stepFacts({ replications: known([followed]) });
    expect(decideDemote(facts, { now, acceptsLoss: true })).toMatchObject({ consent: undefined });
  });

  test('cannot tell in journal mode, where a driver knows no sync', () => {
    const classes = { replicationClasses: known([vrc('every-5m', { mirroringMode: 'journal' })]) };
    const facts = stepFacts({ replications: known([followed]), ...classes });
    expect(codes(decideDemote(facts, { now }))).toEqual(['DR113']);
    expect(decideDemote(facts, { now, acceptsLoss: true })).toMatchObject({
      writes: [{ demotion: { followed: 'unknown' } }],
      consent: { loss: { known: false, why: expect.stringContaining('journal') } },
    });
  });

  test.each([
    ['a pod uses the claim', { pods: known([pod]) }],
    ['its volume is attached', { attachments: known([attachment]) }],
    ['who uses it is not known', { pods: unknown('pods of east cannot be read: forbidden') }],
  ])('is refused while %s', (_, users) => {
    expect(codes(decide({ replications: known([followed]), ...users }))).toEqual(['DR109']);
  });

  describe('while a pod uses the claim', () => {
    const consented = (
      accepts: readonly string[],
      { minutes = 10, sketch = { synced: 5 } as Parameters<typeof vr>[0] } = {},
    ) => {
      const replication = vr(sketch);
      const text = JSON.stringify({
        accepts,
        seen: { peer: 'not-primary', volumes: ['handle-pv-db'], generation: 1 },
        maxLoss: 'unknown',
        by: 'alice',
        expires: new Date(now + minutes * 60_000).toISOString(),
      });
      const { metadata } = replication;
      const annotations = { ...metadata.annotations, [consentAnnotation]: text };
      return { ...replication, metadata: { ...metadata, annotations } };
    };
    const demote = (replication: ReturnType<typeof consented>) =>
      decide({ replications: known([replication]), pods: known([pod]) });

    test('passes by a consent on the object, which stays there', () => {
      expect(demote(consented(['demote-in-use']))).toMatchObject({
        kind: 'write',
        writes: [{ kind: 'ask', keepsConsent: true }],
        consent: undefined,
      });
    });

    test.each([
      ['has expired', consented(['demote-in-use'], { minutes: -1 })],
      ['is to something else', consented(['resync'])],
      ['does not accept that the other site has not followed', consented(['demote-in-use'], { sketch: {} })],
    ])('is refused where the consent %s', (_, replication) => {
      expect(codes(demote(replication))).toContain('DR109');
    });

    test('passes by one that accepts all of it', () => {
      const all = consented(['demote-in-use', 'lose-since-promote'], { sketch: {} });
      expect(demote(all)).toMatchObject({ kind: 'write', consent: undefined });
    });
  });

  test('is nothing to do for a secondary, and only waited for where it was asked for', () => {
    expect(decide({ replications: known([vr(secondary)]) })).toMatchObject({ kind: 'unchanged' });
    const asked = vr({ wants: 'secondary', state: 'Primary', generation: 2, observed: 1 });
    expect(decide({ replications: known([asked]) })).toMatchObject({ kind: 'await' });
  });

  test('needs a replication that stays', () => {
    expect(codes(decide({}))).toEqual(['NotProtected']);
    expect(codes(decide({ replications: known([vr({ deleting: 1 })]) }))).toEqual(['Terminating']);
  });
});

describe('a protection', () => {
  const decide = (here: Parameters<typeof stepFacts>[0], className?: string) =>
    decideProtect(stepFacts(here), { className, now });

  test('creates a VolumeReplication of the only class that fits', () => {
    expect(decide({})).toMatchObject({
      kind: 'write',
      key: { namespace: 'shop', name: 'db' },
      writes: [
        { kind: 'create', object: { spec: { volumeReplicationClass: 'every-5m', autoResync: false } } },
      ],
    });
  });

  test('has the volume kept first', () => {
    const decision = decide({ volumes: known([kept('pv-db', 'Delete')]) });
    expect(decision).toMatchObject({
      kind: 'write',
      writes: [{ kind: 'retain', volume: { metadata: { name: 'pv-db' } } }, { kind: 'create' }],
      message: 'protected by VolumeReplication db of class every-5m, PV pv-db set to Retain',
    });
  });

  test('does not begin while another PV of the volume would take it along, on either site', () => {
    const { spec } = kept('pv-db');
    const second = { ...kept('spare', 'Delete'), spec: { ...spec, persistentVolumeReclaimPolicy: 'Delete' } };
    const volumes = known([kept('pv-db', 'Delete'), second as ReturnType<typeof kept>]);
    const here = decide({ volumes });
    const there = decideProtect(stepFacts({}, { volumes }), { now });
    expect([codes(here), codes(there)]).toEqual([['DR114'], ['DR114', 'DR114']]);
    expect(here).toMatchObject({
      isRule: true,
      obstacles: [{ next: expect.stringContaining('kubectl --context east patch pv spare -p') }],
    });
    expect(decide({ volumes: known([kept('pv-db'), kept('spare', 'Delete')]) })).toMatchObject({
      kind: 'write',
    });
  });

  test('lists the classes where several fit, and takes the one that is named', () => {
    const classes = { replicationClasses: known([vrc('b', {}), vrc('a', {})]) };
    expect(decide(classes)).toMatchObject({
      kind: 'refuse',
      obstacles: [
        {
          code: 'Ambiguous',
          message: expect.stringContaining('rbd.csi.ceph.com: a, b; choose one with --class'),
        },
      ],
    });
    expect(decide(classes, 'b')).toMatchObject({ kind: 'write' });
  });

  test('is refused for a class of another driver, or one that is missing', () => {
    const other = vrc('other', {});
    other.spec.provisioner = 'other.example.com';
    expect(codes(decide({ replicationClasses: known([other]) }))).toEqual(['DR106']);
    expect(codes(decide({ replicationClasses: known([other]) }, 'other'))).toEqual(['DR106']);
    expect(codes(decide({}, 'missing'))).toEqual(['DR106']);
  });

  test('is refused for a class whose parameters cannot work', () => {
    const broken = known([vrc('every-5m', { schedulingInterval: '90s' })]);
    expect(codes(decide({ replicationClasses: broken }))).toEqual(['DR107']);
  });

  test('keeps the volume also where everything else was asked for before', () => {
    const decision = decide({
      replications: known([vr()]),
      volumes: known([kept('pv-db', 'Delete')]),
    });
    expect(decision).toMatchObject({ kind: 'write', writes: [{ kind: 'retain' }] });
    expect(codes(decide({ replications: known([vr()]) }, 'every-1h'))).toEqual(['Ambiguous']);
  });

  test('is no way to promote: a volume of a pair is promoted, with all that is asked then', () => {
    const demoted = vr({ ...secondary, sets: ['demoted'] });
    const there = decideProtect(stepFacts({}, { replications: known([demoted]) }), { now });
    const claim = pvc('db');
    claim.metadata.annotations = { 'kubectl-dr.dev/restored-from': 'west' };
    const alone = decideProtect(stepFacts({ claims: known([claim]) }, null), { now });
    for (const decision of [there, alone])
      expect(decision).toMatchObject({
        kind: 'refuse',
        obstacles: [{ next: 'kubectl dr promote db -n shop --context east' }],
      });
  });

  test('does not begin for a volume that its driver has not made: nothing would ever mirror it', () => {
    const volume = kept('pv-db');
    const csi = { ...volume.spec?.csi, volumeAttributes: { staticVolume: 'true' } };
    const statically = { ...volume, spec: { ...volume.spec, csi } } as typeof volume;
    expect(codes(decide({ volumes: known([statically, kept('pv-web')]) }))).toEqual(['StaticVolume']);
  });

  test('does not begin for a claim that is being deleted', () => {
    const claim = pvc('db');
    claim.metadata.deletionTimestamp = ago(1);
    expect(codes(decide({ claims: known([claim]) }))).toEqual(['Terminating']);
  });

  test('is only waited for where it was asked for, and refused for a replica', () => {
    expect(decide({ replications: known([vr()]) })).toMatchObject({ kind: 'await' });
    expect(codes(decide({ replications: known([vr(secondary)]) }))).toEqual(['Ambiguous']);
  });

  test('is refused while the other site is primary for the volume', () => {
    expect(codes(decideProtect(stepFacts({}, { replications: known([vr()]) }), { now }))).toEqual(['DR102']);
  });
});

describe('a resync', () => {
  const decide = (...sides: Parameters<typeof stepFacts>) => decideResync(stepFacts(...sides), { now });

  test('says whose copy goes and how old it is, and wants a person to accept that', () => {
    const decision = decide(
      { replications: known([vr(secondary)]) },
      { replications: known([vr({ synced: 3 })]) },
    );
    expect(decision).toMatchObject({
      kind: 'write',
      writes: [{ kind: 'ask', replicationState: 'resync' }],
      consent: { accepts: [], loss: { known: false } },
    });
    expect(decision.kind === 'write' && decision.consent?.loses).toBe(
      'the copy on east (secondary for 60m; it holds what west had 3m ago), with whatever was written there alone; the one of west replaces it',
    );
  });

  test.each([
    ['is not primary', {}],
    ['cannot be read', dark],
    ['is not known', null],
    [
      'is only to become primary',
      { replications: known([vr({ state: 'Secondary', generation: 2, observed: 1 })]) },
    ],
  ])('is refused where the other site %s: this may be the only good copy', (_, there) => {
    expect(codes(decide({ replications: known([vr(secondary)]) }, there))).toEqual(['DR108']);
  });

  test.each([
    ['nothing is said to be outdated where the other site follows', vr(secondary), 'status', 'east'],
    ['which side is older is not told where both are primary', vr(), 'status', 'east'],
    [
      'the other site is named where its copy fails',
      vr({ ...secondary, sets: ['resyncFailed'], message: 'split-brain' }),
      'resync',
      'west',
    ],
    ['nothing is named where the other site has no replication', undefined, 'status', 'east'],
  ])('is refused on a primary, and never names its demotion: %s', (_, there, verb, site) => {
    const lists = { replications: known(there === undefined ? [] : [there]) };
    expect(decide({ replications: known([vr()]) }, lists)).toMatchObject({
      obstacles: [{ code: 'NotDemoted', next: `kubectl dr ${verb} db -n shop --context ${site}` }],
    });
  });
});

describe('the end of a protection', () => {
  const decide = (...sides: Parameters<typeof stepFacts>) => decideUnprotect(stepFacts(...sides));

  test.each([
    ['a primary', vr(), /the copy on west: the driver removes it$/],
    ['a replica', vr(secondary), /^the replica's VolumeReplication on east/],
    ['one whose role is not known', vr({ hasStatus: false }), /the copy on west, if this one is primary/],
  ])('says what goes with %s, and wants consent', (_, replication, loses) => {
    expect(decide({ replications: known([replication]) })).toMatchObject({
      kind: 'write',
      writes: [{ kind: 'delete' }],
      consent: { accepts: ['unprotect'], loses: expect.stringMatching(loses) },
    });
  });

  const inSync = { wants: 'secondary', state: 'Secondary', sets: ['inSync'] } as const;
  const autoResync = { ...secondary, autoResync: true } as const;
  const notFound = { wants: 'secondary', state: 'Unknown', sets: ['volumeNotFound'] } as const;
  const asked = { wants: 'primary', state: 'Secondary', generation: 2, observed: 1 } as const;
  const onePair = (here: Parameters<typeof vr>[0], there: Parameters<typeof vr>[0]) =>
    decide({ replications: known([vr(here)]) }, { replications: known([vr(there)]) });

  test.each([
    ['both copies are in sync', inSync, inSync],
    ['the last snapshot is on its way', { ...secondary, left: ['no', 3] } as const, secondary],
    ['one side would resync by itself', autoResync, inSync],
    ['the other one would', inSync, autoResync],
    ['the driver of the other side does not find the volume', inSync, notFound],
  ])('is refused where both sides are demoted: %s', (_, here, there) => {
    expect(onePair(here, there)).toMatchObject({
      kind: 'refuse',
      isRule: true,
      obstacles: [{ code: 'NoPrimary', next: 'kubectl dr status db -n shop --context east' }],
    });
  });

  test.each([
    ['the other side is primary', secondary, {}],
    ['this side is primary', {}, secondary],
    ['the other side is asked to be', inSync, asked],
    ['this side is asked to be', asked, inSync],
    ['both sides are', {}, {}],
    ['the driver here does not find the volume: that is how it is mended', notFound, inSync],
    ['the same of one that is asked to be primary', { ...notFound, wants: 'primary' } as const, inSync],
    ['nobody has acted on it yet', { wants: 'secondary', hasStatus: false } as const, inSync],
  ])('is not where %s', (_, here, there) => {
    expect(onePair(here, there)).toMatchObject({ kind: 'write', writes: [{ kind: 'delete' }] });
  });

  const replicas = /^the replica's VolumeReplication on east/;
  const onlyWhole = /^the VolumeReplication on east, which was demoted: .* may be the only whole one/;

  test.each([
    [
      'with a note, beside a silent site',
      { ...inSync, generation: 2, left: ['yes', 3] } as const,
      dark,
      onlyWhole,
    ],
    ['without a note, beside a silent site', { ...inSync, generation: 2 }, dark, onlyWhole],
    ['where no other site is known', { ...inSync, generation: 2 }, null, onlyWhole],
    ['where the other site has no replication', { ...inSync, generation: 2 }, {}, onlyWhole],
    ['that never was primary', inSync, dark, replicas],
    ['of a primary that answers', { ...secondary, generation: 2 }, { replications: known([vr()]) }, replicas],
  ])('calls a demoted copy what it is: one %s', (_, here, there, loses) => {
    expect(decide({ replications: known([vr(here)]) }, there)).toMatchObject({
      consent: { loses: expect.stringMatching(loses) },
    });
  });

  test('is nothing to do where nothing is replicated', () => {
    expect(decide({})).toMatchObject({ kind: 'unchanged' });
  });

  test('is only waited for where it is being deleted', () => {
    expect(decide({ replications: known([vr({ deleting: 1 })]) })).toMatchObject({ kind: 'await' });
  });
});
