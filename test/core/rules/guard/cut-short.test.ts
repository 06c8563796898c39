import { describe, expect, test } from 'vitest';
import type { ConsentAction } from '../../../../core/consent.ts';
import { known, unknown } from '../../../../core/model/reading.ts';
import { consentTo } from '../../../../core/rules/consent-to.ts';
import { judgeGuard } from '../../../../core/rules/guard/judge-guard.ts';
import type { PeerView } from '../../../../core/rules/peer-view.ts';
import type { Member, ReplicationFacts } from '../../../../core/rules/replication-facts.ts';
import { change, consented, group, promotion, wish } from './facts.ts';

const silent: PeerView = { state: 'unknown', site: 'cluster-1', why: 'cluster-1 did not answer in time' };
const cut: PeerView = { ...silent, why: 'the volume changed while it was asked', isCutShort: true };
const primary: PeerView = { state: 'primary', site: 'cluster-1', replication: 'shop/db', by: 'both' };
const yet = { ...unknown('the pods are not listed yet'), isPassing: true as const };

const demotion = (member: Partial<Member>): ReplicationFacts =>
  change([wish('primary'), wish('secondary')], 'Primary', member);
const resync = (peer: PeerView): ReplicationFacts =>
  change([wish('secondary'), wish('resync')], 'Secondary', { peer });

const textOf = (facts: ReplicationFacts): string =>
  judgeGuard(facts)
    .refusals.map(({ message }) => message)
    .join('\n');

describe('a look that was cut short', () => {
  test.each<[string, ReplicationFacts, ConsentAction]>([
    ['at the other site', promotion({ peer: cut }), 'force-promote'],
    ['of one of a group', group([{ peer: primary }, { peer: cut }]), 'force-promote'],
    ['before a resync', resync(cut), 'resync'],
    ['at the pods of a claim', demotion({ pods: yet }), 'demote-in-use'],
    ['at its members', { ...promotion(), members: yet }, 'force-promote'],
  ])('%s is refused with nothing to accept, and no consent covers it', (_, facts, action) => {
    const said = textOf(facts);
    expect(said).toMatch(/try again in a (moment|few seconds)/i);
    expect(said).not.toMatch(/consent to it|annotate/);
    expect(consentTo(consented(facts, action), action)).toMatchObject({ state: 'void' });
    expect(textOf(consented(facts, action))).toContain('nobody has looked at what it is for as a whole yet');
  });

  test.each<[string, ReplicationFacts, ConsentAction]>([
    ['a site that does not answer', promotion({ peer: silent }), 'force-promote'],
    ['a site that does not answer, before a resync', resync(silent), 'resync'],
    ['pods that may not be listed', demotion({ pods: unknown('forbidden') }), 'demote-in-use'],
    // What the other site is says nothing of who uses it here.
    ['pods that use it', demotion({ pods: known(['db-0']), peer: cut }), 'demote-in-use'],
  ])('is another thing than %s: that can be accepted', (_, facts, action) => {
    expect(textOf(facts)).toContain('consent to it');
    const given = consented(facts, action);
    if (action !== 'resync') expect(consentTo(given, action)).toMatchObject({ state: 'valid' });
  });
});
