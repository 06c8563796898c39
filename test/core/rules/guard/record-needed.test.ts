import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../../core/model/reading.ts';
import { judgeGuard } from '../../../../core/rules/guard/judge-guard.ts';
import type { RecordFacts, RecordKindFacts } from '../../../../core/rules/protection-facts.ts';

const record: RecordFacts = {
  subject: 'record',
  namespace: 'shop',
  name: 'relocate-1',
  isTerminating: false,
  atWork: 'relocate to west by alice',
};
const kind: RecordKindFacts = {
  subject: 'recordKind',
  name: 'operations.kubectl-dr.dev',
  isTerminating: false,
  replications: known(['VolumeReplication shop/db', 'VolumeGroupReplication shop/all']),
};

const refusedBy = (facts: RecordFacts | RecordKindFacts) => judgeGuard(facts).refusals;

describe('DR116', () => {
  test.each<[string, RecordFacts | RecordKindFacts, RegExp | undefined]>([
    [
      'a record of a procedure that runs',
      record,
      /^Operation shop\/relocate-1 is the record of a procedure that runs now: relocate to west by alice\. .*kubectl dr history relocate-1 -n shop$/,
    ],
    ['a record of one that is over', { ...record, atWork: undefined }, undefined],
    ['a record that is being deleted', { ...record, isTerminating: true }, undefined],
    [
      'the kind, while something is protected',
      kind,
      /holds the records of procedures, and VolumeReplication shop\/db, VolumeGroupReplication shop\/all protect/,
    ],
    ['the kind, while nothing is', { ...kind, replications: known([]) }, undefined],
    [
      'the kind, where nobody can tell',
      { ...kind, replications: unknown('not synced') },
      /cannot tell whether .*not synced/i,
    ],
    ['the kind that is being deleted', { ...kind, isTerminating: true }, undefined],
  ])('judges %s', (_, facts, text) => {
    const refusals = refusedBy(facts);
    expect(refusals.map(({ code }) => code)).toEqual(text === undefined ? [] : ['DR116']);
    if (text !== undefined) expect(refusals[0]?.message).toMatch(text);
  });
});
