import { expect, it } from 'vitest';
import { known, unknown } from '../../../../core/model/reading.ts';
import { judgeRules } from '../../../../core/rules/guard/judge-guard.ts';
import type { PeerView } from '../../../../core/rules/peer-view.ts';
import { consented, creation, group, promotion, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const primary: PeerView = { state: 'primary', site: 'cluster-1', replication: 'shop/db', by: 'both' };
const silent: PeerView = { state: 'unknown', site: 'cluster-1', why: 'no answer within 2 s' };

const howTo = `kubectl -n shop annotate --overwrite vr db kubectl-dr.dev/consent='{"accepts":["force-promote"],"seen":{`;
const refusedWith = (given: Parameters<typeof consented>[2], ...words: string[]) => ({
  given: consented(promotion({ peer: silent }), 'force-promote', given),
  refused: ['no answer within 2 s', ...words, howTo],
});

judgeCases('DR102', [
  { title: 'the other site answers that it is not primary', given: promotion(), passes: true },
  {
    title: 'the other site is primary: what makes it so is named, with the command that demotes it there',
    given: promotion({ peer: primary }),
    refused: [
      'cluster-1 is primary for the volume of claim shop/db (by VolumeReplication shop/db there)',
      'Both sites would write',
      `kubectl --context cluster-1 -n shop patch vr db --type=merge -p '{"spec":{"replicationState":"secondary"}}'`,
      'only if its storage is lost and nothing can write there any more',
      'kubectl dr explain DR102',
      howTo,
    ],
  },
  {
    title: 'the other site is to become primary: whoever comes second is refused',
    given: promotion({ peer: { ...primary, by: 'spec' } }),
    refused: [
      'cluster-1 is to become primary for the volume of claim shop/db (VolumeReplication shop/db there asks for it)',
      'kubectl --context cluster-1 -n shop patch vr db --type=merge',
    ],
  },
  {
    title: 'the other site was asked to step down, and has not yet: wait for it',
    given: promotion({ peer: { ...primary, by: 'status' } }),
    refused: [
      'cluster-1 is still primary',
      `kubectl --context cluster-1 -n shop wait vr db --for=jsonpath='{.status.state}'=Secondary --timeout=5m`,
    ],
  },
  {
    title: 'a group of another name and namespace over there',
    given: promotion({
      peer: { ...primary, replication: 'store/all', kind: 'VolumeGroupReplication' },
    }),
    refused: ['VolumeGroupReplication store/all', 'kubectl --context cluster-1 -n store patch vgr all'],
  },
  {
    title: 'a site whose name is no plain word is quoted in the command',
    given: promotion({ peer: { ...primary, site: "it's $(rm)" } }),
    refused: [`kubectl --context 'it'\\''s $(rm)' -n shop`],
  },
  {
    title: 'the other site does not answer: it may be primary',
    given: promotion({ peer: silent }),
    refused: [
      'cannot tell whether cluster-1 is primary for the volume of claim shop/db (no answer within 2 s)',
      'If it is, both sites would write',
      'kubectl dr status -n shop db',
      howTo,
    ],
  },
  {
    title: 'on creation there is nothing to annotate yet: the annotation comes with the object',
    given: creation({ peer: silent }),
    refused: [`annotate it with kubectl-dr.dev/consent='{"accepts":["force-promote"],"seen":{`],
  },
  {
    title: 'nobody asked the other site: a bug fails closed',
    given: promotion({ peer: { state: 'not-asked' } }),
    refused: ['cannot tell whether the other site is primary', 'nobody asked it'],
  },
  {
    title: 'no peer is configured, and that is accepted',
    given: promotion({ peer: { state: 'not-configured' } }),
    passes: true,
  },
  {
    title: 'no peer is configured, and that is not accepted',
    given: { ...promotion({ peer: { state: 'not-configured' } }), withoutPeer: 'refuse' },
    refused: ['no peer is configured', 'dr-webhook --peer-kubeconfig=<file> --peer-context=<context>', howTo],
  },
  {
    title: 'which claims it takes in is unknown: refused',
    given: { ...promotion(), members: unknown('the cache of claims is 90 s old') },
    refused: ['cannot tell which claims', 'the cache of claims is 90 s old'],
  },
  {
    title: 'consent lets it pass although the other site is primary, and the waiver names that',
    given: consented(promotion({ peer: primary }), 'force-promote'),
    waived: ['cluster-1 is primary for the volume of claim shop/db'],
  },
  {
    title: 'consent lets it pass where the other site is lost',
    given: consented(promotion({ peer: silent }), 'force-promote'),
    waived: ['cannot tell whether cluster-1 is primary'],
  },
  {
    title: 'consent in the object that is created lets it pass',
    given: consented(creation({ peer: silent }), 'force-promote', { isNew: true }),
    waived: ['cannot tell whether cluster-1 is primary'],
  },
  {
    title: 'a consent that is not needed is not mentioned',
    given: consented(promotion(), 'force-promote'),
    passes: true,
  },
  {
    title: 'consent to another action does not count',
    given: consented(promotion({ peer: silent }), 'resync'),
    refused: ['the consent of alice accepts resync, not force-promote', howTo],
  },
  {
    title: 'consent that has expired does not count',
    ...refusedWith({ now: Date.parse('2026-03-01T12:10:00Z') }, 'alice expired at 2026-03-01T12:10:00.000Z'),
  },
  {
    title: 'consent for longer than an hour does not count',
    ...refusedWith({ now: Date.parse('2026-03-01T11:00:00Z') }, 'one hour is the longest'),
  },
  {
    title: 'consent that was used does not count',
    ...refusedWith({ isUsed: true }, 'the consent of alice was used: each is good for one change'),
  },
  {
    title: 'consent of a user who may not consent does not count',
    ...refusedWith(
      { mayConsent: known(false), user: 'bob' },
      'user "bob" may not consent (RBAC verb "consent")',
    ),
  },
  {
    title: 'consent does not count while nobody knows whether the user may consent',
    ...refusedWith(
      { mayConsent: unknown('timed out') },
      'whether user "alice" may consent is unknown (timed out)',
    ),
  },
  {
    title: 'consent that cannot be read does not count',
    ...refusedWith({ text: 'yes' }, 'the consent cannot be read: it is no JSON object'),
  },
  {
    title: 'the other site is primary for one of three claims of a group',
    given: group([{}, { peer: primary }, {}]),
    refused: ['cluster-1 is primary for the volume of claim shop/db-1', 'annotate --overwrite vgr db'],
  },
  {
    title: 'the other site is primary for all claims of a group: said once',
    given: group(Array.from({ length: 9 }, () => ({ peer: primary }))),
    refused: [
      '; the same holds for claim shop/db-1, claim shop/db-2, claim shop/db-3, claim shop/db-4, claim shop/db-5 and 3 more.',
    ],
  },
  {
    title: 'a demotion needs nobody’s answer',
    given: promotion({ peer: silent }, { before: wish('primary'), after: wish('secondary') }),
    passes: true,
  },
  {
    title: 'a VolumeReplication that follows its group was judged with it',
    given: promotion({ peer: primary }, { followsGroup: true }),
    passes: true,
  },
]);

it('says what is known to be wrong before what is only unknown, and waives both with one consent', () => {
  const given = group([{ peer: silent }, { peer: primary }]);
  expect(judgeRules(given, ['DR102']).refusals.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^cluster-1 is primary for the volume of claim shop\/db-1 /),
    expect.stringMatching(/^cannot tell whether cluster-1 is primary for the volume of claim shop\/db /),
  ]);
  const waived = judgeRules(consented(given, 'force-promote'), ['DR102']);
  expect(waived.refusals).toEqual([]);
  expect(waived.waived).toEqual([
    expect.objectContaining({ code: 'DR102', by: 'alice', reason: 'site 1 burns' }),
    expect.objectContaining({ code: 'DR102', by: 'alice', reason: 'site 1 burns' }),
  ]);
});

const given = (seen: object | undefined, peer: PeerView) => {
  const facts = promotion({ peer });
  const consent = {
    accepts: ['force-promote'],
    seen,
    maxLoss: '15m',
    by: 'alice',
    expires: '2026-03-01T12:10:00Z',
  };
  return judgeRules(consented(facts, 'force-promote', { text: JSON.stringify(consent) }), ['DR102']);
};

it.each([
  ['nothing was said of the other site', undefined],
  ['it could not be asked', { peer: 'unknown' }],
  ['it said that it is not primary', { peer: 'not-primary' }],
])('a consent that was given while %s covers no primary', (_, seen) => {
  const { refusals, waived } = given(seen, primary);
  expect(waived).toEqual([]);
  expect(refusals[0]?.message).toContain('A consent is there, but the consent of alice was given');
  expect(refusals[0]?.message).toContain('it says now that it is');
});

it('a refusal prints the consent that covers what is seen, and nothing as it stands', () => {
  const [refusal] = judgeRules(promotion({ peer: primary }), ['DR102']).refusals;
  const [, text = ''] = /kubectl-dr\.dev\/consent='([^']+)'$/.exec(refusal?.message ?? '') ?? [];
  expect(JSON.parse(text)).toEqual({
    accepts: ['force-promote'],
    seen: {
      peer: 'primary',
      volumes: ['0001-0009-rook-ceph-0000000000000002-4e8a1c3d'],
      generation: 3,
    },
    maxLoss: 'LOSS',
    by: 'YOU',
    expires: 'TIME',
  });
  const { seen } = JSON.parse(text);
  expect(given(seen, primary).refusals).toEqual([]);
  expect(given({ ...seen, generation: 2 }, primary).waived).toEqual([]);
  expect(given({ ...seen, volumes: ['another'] }, primary).waived).toEqual([]);
});

it('a last sync that is older than the one shown was not accepted', () => {
  const lastSync = Date.parse('2026-03-01T11:50:00Z');
  const seen = { peer: 'primary', lastSync: '2026-03-01T11:56:00Z' };
  expect(given(seen, { ...primary, lastSync }).waived).toEqual([]);
  expect(given({ ...seen, lastSync: '2026-03-01T11:50:00Z' }, { ...primary, lastSync }).refusals).toEqual([]);
});

it('says nothing of commands where consent was given: there is nothing left to do', () => {
  const { waived } = judgeRules(consented(promotion({ peer: primary }), 'force-promote'), ['DR102']);
  expect(waived[0]?.message).not.toMatch(/kubectl|consent|\.$/);
});
