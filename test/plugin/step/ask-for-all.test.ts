import { describe, expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { decidePromote } from '../../../core/step/decide-promote.ts';
import { askForAll } from '../../../plugin/step/ask-for-all.ts';
import type { Planned, StepRun } from '../../../plugin/step/step-run.ts';
import { verbs } from '../../../plugin/step/verb.ts';
import { pvc } from '../../core/status/objects.ts';
import { ago, dark, now, stepFacts, vr } from '../../core/step/pair.ts';
import { memoryIo } from '../memory-io.ts';

const secondary = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] } as const;

const claimKnownAt = (minutes: number) => {
  const claim = pvc('db');
  claim.metadata.annotations = { 'kubectl-dr.dev/last-sync-time': ago(minutes) };
  return claim;
};

const planned = (...sides: Parameters<typeof stepFacts>): Planned => {
  const facts = stepFacts(...sides);
  return { facts, decision: decidePromote(facts, { now }) };
};

/** The other site is lost, and the last sync was so many minutes ago. */
const lost = (minutes: number): Planned =>
  planned({ claims: known([claimKnownAt(minutes)]), replications: known([vr(secondary)]) }, dark);
const primaryThere = planned({ replications: known([vr(secondary)]) }, { replications: known([vr()]) });
const demotedThere = planned(
  { replications: known([vr(secondary)]) },
  { replications: known([vr({ ...secondary, sets: ['inSync'] })]) },
);

const site = { name: 'east', context: 'east', kubectl: 'kubectl --context east' };

/** A person at a terminal who types the name of the site. */
const run = {
  verb: verbs.promote,
  sites: {
    here: { ...site, cluster: { create: async () => ({ status: { userInfo: { username: 'alice' } } }) } },
  },
  options: {
    dryRun: 'none',
    consent: { yes: false, accepted: undefined, acceptedText: undefined, reason: undefined },
  },
  io: memoryIo({ isTerminal: true, input: 'east\n', now: () => now }),
} as unknown as StepRun;

const ask = (shown: Planned, after: Planned) => {
  const io = memoryIo({ isTerminal: true, input: 'east\n', now: () => now });
  return askForAll({ ...run, io }, [shown], async () => [after]);
};

describe('while a person thinks, the world goes on', () => {
  test('what is still as it was shown is done as it was accepted, also when some time has passed', async () => {
    const { planned: decided, consents } = await ask(lost(4), lost(4));
    expect(decided[0]?.decision.kind).toBe('write');
    expect(JSON.parse(consents.texts.get('shop/db') ?? '{}')).toMatchObject({
      accepts: ['force-promote'],
      maxLoss: '4m',
      by: 'alice',
    });
    expect(consents.denials.size).toBe(0);
  });

  test('more that is at risk was not accepted', async () => {
    const { consents } = await ask(lost(4), lost(30));
    expect(consents.denials.get('shop/db')).toMatch(/^more is at risk now than was shown: at most 30m/);
  });

  test('a site that has come back and is primary is refused, whatever was accepted', async () => {
    const { planned: decided, consents } = await ask(lost(4), primaryThere);
    expect(decided[0]?.decision).toMatchObject({ kind: 'refuse', obstacles: [{ code: 'DR102' }] });
    expect(consents.texts.size).toBe(0);
  });

  test('a site that says it is primary by the time of the answer was not accepted, whoever named it', async () => {
    const beside = stepFacts({ replications: known([vr(secondary)]) }, { replications: known([vr()]) });
    const named = { facts: beside, decision: decidePromote(beside, { now, besidePrimary: 'west' }) };
    const { consents } = await ask(lost(4), named);
    expect(consents.denials.get('shop/db')).toMatch(/shows something worse now/);
  });

  test('the consent says what was seen', async () => {
    const { consents } = await ask(lost(4), lost(4));
    expect(JSON.parse(consents.texts.get('shop/db') ?? '{}').seen).toMatchObject({
      peer: 'unknown',
      lastSync: ago(4),
    });
  });

  test('a site that has come back demoted is not forced any more', async () => {
    const { planned: decided, consents } = await ask(lost(4), demotedThere);
    expect(decided[0]?.decision).toMatchObject({ kind: 'write', consent: undefined });
    expect(consents.texts.size).toBe(0);
  });
});
