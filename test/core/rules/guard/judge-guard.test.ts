import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../../core/model/reading.ts';
import { examplePromotion, guardExamples } from '../../../../core/rules/guard/examples.ts';
import { guardRules, judgeGuard, judgeRules } from '../../../../core/rules/guard/judge-guard.ts';
import type { ReplicationFacts } from '../../../../core/rules/replication-facts.ts';
import type { GuardCode } from '../../../../core/rules/rule-code.ts';
import type { GuardVerdict } from '../../../../core/rules/verdict.ts';
import { consented, creation, group, promotion, replication, volume, wish } from './facts.ts';

const codesOf = ({ refusals }: GuardVerdict): readonly GuardCode[] => refusals.map(({ code }) => code);

const everythingWrong: ReplicationFacts = {
  ...creation({
    claim: known(undefined),
    volume: known(volume({ persistentVolumeReclaimPolicy: 'Delete' })),
    rivals: known([replication()]),
    sameVolume: known([replication()]),
    peer: { state: 'primary', site: 'cluster-1', replication: 'shop/db', by: 'both' },
  }),
  classes: known([{ kind: 'VolumeReplicationClass', name: 'gone', provisioner: undefined }]),
};

it('has every rule once', () => {
  const codes = guardRules.map(({ code }) => code);
  expect(codes.toSorted()).toEqual(Object.keys(guardExamples).toSorted());
});

it('lets a promotion pass that nothing speaks against', () => {
  expect(judgeGuard(examplePromotion)).toEqual({ refusals: [], waived: [] });
});

describe.each(Object.entries(guardExamples))('the example of %s', (code, facts) => {
  it('is refused by this rule and no other', () => {
    expect(codesOf(judgeGuard(facts))).toEqual([code]);
  });

  it('is refused in three sentences that people can act on', () => {
    const [refusal] = judgeGuard(facts).refusals;
    expect(refusal?.message).toMatch(/^\S.*\. [A-Z].*\. [A-Z].*[^.]$/);
    expect(refusal?.message).toMatch(/kubectl|for example|docs\//);
    expect(refusal?.message).not.toMatch(/the same holds|and so for|undefined|\[object|\s\s/);
    expect(refusal?.message.length).toBeLessThan(900);
  });
});

it('says all that is wrong at once, the worst first', () => {
  expect(codesOf(judgeGuard(everythingWrong))).toEqual([
    'DR102',
    'DR101',
    'DR104',
    'DR103',
    'DR106',
    'DR105',
  ]);
});

it('waives what was consented to and refuses the rest', () => {
  const { refusals, waived } = judgeGuard(consented(everythingWrong, 'force-promote'));
  expect(refusals.map(({ code }) => code)).toEqual(['DR101', 'DR104', 'DR103', 'DR106', 'DR105']);
  expect(waived).toEqual([
    {
      code: 'DR102',
      message: expect.stringMatching(/^cluster-1 is primary for the volume of claim shop\/db /),
      by: 'alice',
      reason: 'site 1 burns',
    },
  ]);
});

it('waives several rules with a consent that accepts several actions', () => {
  const text = JSON.stringify({
    accepts: ['resync', 'demote-in-use'],
    seen: { peer: 'not-primary' },
    maxLoss: 'unknown',
    by: 'alice',
    expires: '2026-03-01T12:10:00Z',
  });
  const facts = promotion(
    { pods: known(['db-0']) },
    { before: wish('primary'), after: wish('resync'), state: 'Primary' },
  );
  expect(codesOf(judgeGuard(facts))).toEqual(['DR108', 'DR109']);
  const { refusals, waived } = judgeGuard(consented(facts, 'resync', { text }));
  expect(refusals).toEqual([]);
  expect(waived.map(({ code, reason }) => [code, reason])).toEqual([
    ['DR108', undefined],
    ['DR109', undefined],
  ]);
});

it('waives only the part of a change that was consented to', () => {
  const facts = promotion(
    { pods: known(['db-0']) },
    { before: wish('primary'), after: wish('resync'), state: 'Primary' },
  );
  const { refusals, waived } = judgeGuard(consented(facts, 'resync'));
  expect(refusals.map(({ code }) => code)).toEqual(['DR109']);
  expect(refusals[0]?.message).toContain('the consent of alice accepts resync, not demote-in-use');
  expect(waived.map(({ code }) => code)).toEqual(['DR108']);
});

it('judges by some of the rules, in its own order', () => {
  expect(codesOf(judgeRules(everythingWrong, ['DR106', 'DR104', 'DR102', 'DR101']))).toEqual([
    'DR102',
    'DR101',
    'DR104',
    'DR106',
  ]);
  expect(judgeRules(everythingWrong, [])).toEqual({ refusals: [], waived: [] });
});

it('says once what several rules do not know, by the worst of them', () => {
  const verdict = judgeGuard({ ...promotion(), members: unknown('the cache is not filled yet') });
  // DR101 and DR113 say how to go on in words of their own: no consent helps there, or another one.
  expect(codesOf(verdict)).toEqual(['DR102', 'DR101', 'DR113']);
});

it('names all of a small group and says so of a large one', () => {
  const bound = (at: number) => ({
    volume: known(volume({ persistentVolumeReclaimPolicy: 'Delete' }, `pv-${at}`)),
  });
  const textOf = (size: number) => {
    const given = group(Array.from({ length: size }, (_, at) => bound(at)));
    return judgeRules(given, ['DR104']).refusals[0]?.message;
  };
  expect(textOf(6)).toMatch(/kubectl patch pv pv-0 pv-1 pv-2 pv-3 pv-4 pv-5 -p '[^']+'$/);
  expect(textOf(7)).toMatch(
    /kubectl patch pv pv-0 pv-1 pv-2 pv-3 pv-4 pv-5 -p '[^']+' \(and so for the others\)$/,
  );
});

it('cuts a message that names would make endless, and keeps it whole characters', () => {
  const [refusal] = judgeRules(creation({ claim: known(undefined), claimName: '€'.repeat(5000) }), [
    'DR103',
  ]).refusals;
  const bytes = new TextEncoder().encode(refusal?.message);
  expect(bytes.length).toBeLessThanOrEqual(1536);
  expect(bytes.length).toBeGreaterThan(1500);
  expect(refusal?.message).toMatch(/€…$/);
});

it('a name cannot add a second line', () => {
  const given = creation({ claim: known(undefined), claimName: 'db\nWarning: all is well' });
  expect(judgeRules(given, ['DR103']).refusals[0]?.message).toMatch(
    /^claim shop\/db Warning: all is well does not exist/,
  );
});
