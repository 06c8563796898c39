import { expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import {
  describeRpo,
  isWithin,
  type RpoAtRisk,
  rpoAtRisk,
  rpoBeforeRestore,
} from '../../../core/step/rpo-at-risk.ts';
import { pvc } from '../status/objects.ts';
import { ago, dark, now, stepFacts, vr } from './pair.ts';

const claimThatKnows = (time: string) => {
  const claim = pvc('db');
  claim.metadata.annotations = { 'kubectl-dr.dev/last-sync-time': time };
  return known([claim]);
};

const remade = vr({ wants: 'resync', state: 'Secondary', sets: ['resyncFailed'] });
const following = vr({ wants: 'secondary', state: 'Secondary', sets: ['resyncing'], autoResync: true });

test.each([
  [
    'the primary itself says it',
    {},
    { replications: known([vr({ synced: 3 })]) },
    /^at most 3m .*, as west says\)$/,
  ],
  ['the backup knew it', { claims: claimThatKnows(ago(4)) }, dark, /^at most 4m .*, as the backup knew\)$/],
  ['nobody knows', {}, dark, /^unknown \(no sync is known here\)$/],
  ['the time is no time', { claims: claimThatKnows('yesterday') }, dark, /^unknown/],
  ['the time is yet to come', { claims: claimThatKnows(ago(-6)) }, dark, /^unknown .*clocks differ/],
  [
    'the copy here is being made anew',
    { claims: claimThatKnows(ago(4)), replications: known([remade]) },
    dark,
    /^unknown \(the copy on east is being made anew\)$/,
  ],
  [
    'the copy here follows',
    { claims: claimThatKnows(ago(4)), replications: known([following]) },
    dark,
    /^at most 4m/,
  ],
])('what is at risk where %s', (_, here, there, says) => {
  expect(describeRpo(rpoAtRisk(stepFacts(here, there), now))).toMatch(says);
});

test.each([
  ['a later one that is told', 3, /^at most 3m .*, as the record tells\)$/],
  ['its own, where that is later', 5, /^at most 4m .*, as the backup knew\)$/],
])('of two syncs the claim is judged by %s', (_, minutes, says) => {
  const told = { at: now - minutes * 60_000, source: 'as the record tells' };
  expect(describeRpo(rpoAtRisk(stepFacts({ claims: claimThatKnows(ago(4)) }, dark), now, told))).toMatch(
    says,
  );
});

test('a claim that is yet to be restored is judged by what is told, or by nothing', () => {
  expect(describeRpo(rpoBeforeRestore({ at: now - 60_000, source: 'as the backup knew' }, now))).toMatch(
    /^at most 60s/,
  );
  expect(describeRpo(rpoBeforeRestore(undefined, now))).toBe('unknown (no sync is known here)');
});

test('a loss is within what was accepted only where it is known, or everything is accepted', () => {
  const fourMinutes: RpoAtRisk = { known: true, milliseconds: 240_000, lastSync: now, source: '' };
  const unknown: RpoAtRisk = { known: false, why: 'nobody knows' };
  expect([isWithin(fourMinutes, 240_000), isWithin(fourMinutes, 239_999)]).toEqual([true, false]);
  expect([isWithin(unknown, 1e12), isWithin(unknown, 'unknown')]).toEqual([false, true]);
});
