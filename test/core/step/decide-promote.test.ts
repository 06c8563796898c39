import { describe, expect, test } from 'vitest';
import { consentAnnotation } from '../../../core/consent.ts';
import { known } from '../../../core/model/reading.ts';
import { decidePromote } from '../../../core/step/decide-promote.ts';
import type { Decision } from '../../../core/step/decision.ts';
import { pvc } from '../status/objects.ts';
import { ago, dark, kept, now, stepFacts, vgr, vr, vrc } from './pair.ts';

const secondary = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] } as const;
const inSync = { wants: 'secondary', state: 'Secondary', sets: ['inSync'] } as const;

const decide = (...sides: Parameters<typeof stepFacts>): Decision =>
  decidePromote(stepFacts(...sides), { now });

const codes = (decision: Decision): string[] =>
  decision.kind === 'refuse' ? decision.obstacles.map(({ code }) => code) : [];

describe('a promote is decided by what both sites show', () => {
  test('is nothing to do where the volume is primary already', () => {
    expect(decide({ replications: known([vr()]) })).toMatchObject({ kind: 'unchanged' });
  });

  test('asks without consent where the other site is demoted and in sync', () => {
    const decision = decide({ replications: known([vr(secondary)]) }, { replications: known([vr(inSync)]) });
    expect(decision).toMatchObject({
      kind: 'write',
      key: { namespace: 'shop', name: 'db-vr' },
      writes: [{ kind: 'ask', replicationState: 'primary' }],
      consent: undefined,
      handOver: undefined,
    });
  });

  test('waits for the hand-over where the other site is demoted and not seen in sync', () => {
    const demoted = vr({ ...secondary, sets: ['demoted'] });
    const decision = decide({}, { replications: known([demoted]) });
    expect(decision).toMatchObject({ kind: 'write', consent: undefined });
    expect(decision.kind === 'write' && decision.handOver?.loses).toBe(
      'what was written on west last and has not reached east yet',
    );
  });

  test('waits for the hand-over, too, where the demoted side resyncs by itself', () => {
    const decision = decide({}, { replications: known([vr({ ...secondary, autoResync: true })]) });
    expect(decision.kind === 'write' && decision.handOver).toBeTruthy();
  });

  test('names the claim as the other site calls it', () => {
    const there = { ...pvc('data', 'pv-db'), metadata: { namespace: 'shop', name: 'data' } };
    const decision = decide({}, { claims: known([there]), replications: known([vr({ claim: 'data' })]) });
    expect(decision).toMatchObject({
      obstacles: [{ code: 'DR102', next: 'kubectl dr demote data -n shop --context west' }],
    });
  });

  test('cannot tell of what is in a namespace that may not be listed', () => {
    const moved = kept('pv-db');
    const held = { ...moved, spec: { ...moved.spec, claimRef: { namespace: 'elsewhere', name: 'db' } } };
    const there = { claims: known([]), volumes: known([held]), onlyNamespaces: ['shop'] };
    const decision = decide({}, there);
    expect(decision.kind === 'write' && decision.consent?.obstacles[0]?.message).toContain(
      'namespace elsewhere may not be listed',
    );
  });

  test('does not take another class than the replication has', () => {
    const facts = stepFacts({ replications: known([vr()]) });
    expect(codes(decidePromote(facts, { className: 'every-1h', now }))).toEqual(['Ambiguous']);
  });

  test('creates the replication under the name and class that the other site has', () => {
    const classes = known([vrc('every-5m', {}), vrc('every-1h', {})]);
    const there = vr({ ...inSync, name: 'pvc-volumereplication', className: 'every-1h' });
    expect(decide({ replicationClasses: classes }, { replications: known([there]) })).toMatchObject({
      writes: [
        {
          kind: 'create',
          object: {
            metadata: { namespace: 'shop', name: 'pvc-volumereplication' },
            spec: { volumeReplicationClass: 'every-1h', replicationState: 'primary', autoResync: false },
          },
        },
      ],
    });
  });

  test('takes name and class from what restore noted, where the other site is lost', () => {
    const claim = pvc('db');
    claim.metadata.annotations = {
      'kubectl-dr.dev/replication-name': 'pvc-volumereplication',
      'kubectl-dr.dev/replication-class': 'every-1h',
      'kubectl-dr.dev/last-sync-time': ago(4),
    };
    const classes = known([vrc('every-5m', {}), vrc('every-1h', {})]);
    const decision = decide({ claims: known([claim]), replicationClasses: classes }, dark);
    expect(decision).toMatchObject({
      key: { name: 'pvc-volumereplication' },
      consent: {
        accepts: ['force-promote'],
        loss: { known: true, milliseconds: 4 * 60_000, source: 'as the backup knew' },
      },
    });
  });

  test('asks for another name where the noted one is taken by another claim', () => {
    const taken = vr({ claim: 'web', name: 'db-vr' });
    const decision = decide({ replications: known([taken]) }, { replications: known([vr(inSync)]) });
    expect(decision).toMatchObject({ kind: 'write', key: { namespace: 'shop', name: 'db' } });
  });

  test.each([
    ['cannot be read', dark, /cannot tell whether west is primary/],
    ['is not known', null, /cannot tell whether another site is primary/],
  ])('wants consent where the other site %s, with what is at risk', (_, there, says) => {
    const decision = decide({ replications: known([vr(secondary)]) }, there);
    expect(decision).toMatchObject({
      kind: 'write',
      consent: { accepts: ['force-promote'], loss: { known: false } },
    });
    expect(decision.kind === 'write' && decision.consent?.obstacles[0]).toMatchObject({
      code: 'DR102',
      message: expect.stringMatching(says),
    });
  });

  test('is never forced while the other site is known to be primary: the step to make is there', () => {
    const decision = decide({}, { replications: known([vr({ synced: 2 })]) });
    expect(decision).toMatchObject({
      kind: 'refuse',
      isRule: true,
      obstacles: [{ code: 'DR102', next: 'kubectl dr demote db -n shop --context west' }],
    });
  });

  test('is made beside a primary only for who names the site, with what they were shown', () => {
    const facts = stepFacts(
      { replications: known([vr(secondary)]) },
      { replications: known([vr({ synced: 2 })]) },
    );
    for (const besidePrimary of [undefined, 'east'])
      expect(decidePromote(facts, { now, besidePrimary })).toMatchObject({
        kind: 'refuse',
        obstacles: [
          {
            message: expect.stringMatching(
              /its storage is lost though its API answers: kubectl dr promote db -n shop --context east --accept-second-primary=west$/,
            ),
          },
        ],
      });
    expect(decidePromote(facts, { now, besidePrimary: 'west' })).toMatchObject({
      kind: 'write',
      consent: {
        accepts: ['force-promote'],
        besidePrimary: 'west',
        seen: { peer: 'primary', lastSync: Date.parse(ago(2)) },
      },
    });
  });

  test('carries what a person is shown of a site that cannot be read', () => {
    const decision = decide({ replications: known([vr(secondary)]) }, dark);
    expect(decision).toMatchObject({ consent: { seen: { peer: 'unknown' } } });
  });

  test('goes on waiting for what was asked for and may be done', () => {
    const asked = vr({ wants: 'primary', state: 'Secondary', observed: 0, generation: 2 });
    expect(decide({ replications: known([asked]) }, { replications: known([vr(inSync)]) })).toEqual({
      kind: 'await',
      key: { namespace: 'shop', name: 'db-vr' },
    });
  });

  test('asks for consent also where a promote was asked for before, and none is there', () => {
    const asked = vr({ wants: 'primary', state: 'Secondary', sets: ['refusedByRule'] });
    expect(decide({ replications: known([asked]) }, dark)).toMatchObject({
      kind: 'write',
      writes: [{ kind: 'ask', replicationState: 'primary' }],
      consent: { accepts: ['force-promote'] },
    });
    const expires = new Date(now + 60_000).toISOString();
    const consent = { accepts: ['force-promote'], maxLoss: 'unknown', by: 'alice', expires };
    asked.metadata.annotations = { [consentAnnotation]: JSON.stringify(consent) };
    expect(decide({ replications: known([asked]) }, dark)).toMatchObject({ kind: 'await' });
    // It does not cover what is seen now.
    expect(decide({ replications: known([asked]) }, { replications: known([vr()]) })).toMatchObject({
      kind: 'refuse',
    });
  });

  test.each([
    ['a claim that is not there', { claims: known([]) }, 'NotFound'],
    [
      'a claim that is not bound',
      { claims: known([{ ...pvc('db'), status: { phase: 'Pending' } }]) },
      'NotBound',
    ],
    ['a claim of a group', { groups: known([vgr(['db'])]) }, 'GroupMember'],
    [
      'a replication that is being deleted',
      { replications: known([vr({ ...secondary, deleting: 1 })]) },
      'Terminating',
    ],
    [
      'two replications of one claim',
      { replications: known([vr(secondary), vr({ ...secondary, name: 'b' })]) },
      'DR105',
    ],
    ['a volume that goes with its claim', { volumes: known([kept('pv-db', 'Delete')]) }, 'DR104'],
    ['no class for the driver', { replicationClasses: known([]) }, 'DR106'],
    [
      'several classes, none of them named',
      { replicationClasses: known([vrc('every-5m', {}), vrc('every-1h', {})]) },
      'Ambiguous',
    ],
  ])('is refused for %s', (_, here, code) => {
    expect(codes(decide(here, {}))).toContain(code);
  });

  test('tells every rule that stands against it, the worst first', () => {
    const decision = decide({ volumes: known([kept('pv-db', 'Delete')]) }, dark);
    expect(codes(decision)).toEqual(['DR102', 'DR104']);
  });

  test('names the cluster in each command of a rule', () => {
    const decision = decide({ volumes: known([kept('pv-db', 'Delete')]) }, {});
    expect(decision.kind === 'refuse' && decision.obstacles[0]?.message).toContain(
      'kubectl --context east patch pv pv-db',
    );
  });

  test('takes a context that leads to this very cluster for no other site', () => {
    const claim = pvc('db');
    claim.metadata.uid = 'the-same';
    const decision = decide({ claims: known([claim]) }, { claims: known([claim]) });
    expect(decision.kind === 'write' && decision.consent?.obstacles[0]?.message).toContain(
      'this very cluster',
    );
  });
});
