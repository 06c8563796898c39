import { describe, expect, it } from 'vitest';
import { checkExamples } from '../../../core/check/examples.ts';
import { adviceExamples } from '../../../core/rules/advice/examples.ts';
import { catalogue } from '../../../core/rules/catalogue.ts';
import { guardExamples } from '../../../core/rules/guard/examples.ts';
import { guardRules } from '../../../core/rules/guard/judge-guard.ts';
import { repairExamples } from '../../../core/rules/repair/examples.ts';

const entries = Object.entries(catalogue);
const numbers = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `DR${first + index}`);

describe('the catalogue of safety rules', () => {
  it('has every code, in order', () => {
    expect(Object.keys(catalogue)).toEqual([
      ...numbers(101, 16),
      ...numbers(201, 5),
      ...numbers(301, 6),
      ...numbers(401, 15),
      'DR420',
      ...numbers(425, 13),
    ]);
  });

  it('has an example of each code', () => {
    const examples = { ...guardExamples, ...repairExamples, ...adviceExamples, ...checkExamples };
    expect(Object.keys(examples).sort()).toEqual(Object.keys(catalogue));
  });

  it.each(entries)('%s carries its own code, and the level that its hundred stands for', (code, entry) => {
    const levels: Readonly<Record<string, string>> = {
      '1': 'guard',
      '2': 'repair',
      '3': 'advice',
      '4': 'check',
    };
    expect([entry.code, entry.level]).toEqual([code, levels[code[2] ?? '']]);
  });

  it.each(entries)('%s has a title that fits a row, and whole sentences on one line each', (_, entry) => {
    expect(entry.title).toMatch(/^(a|an|the|no|classes|autoResync) .*[^.]$/);
    expect(entry.title.length).toBeLessThanOrEqual(90);
    for (const text of [entry.cause, entry.risk, entry.remedy]) expect(text).toMatch(/^[A-Z].*\.$/);
  });

  it.each(entries)('%s has commands to run, in which capitals stand for names', (_, { commands }) => {
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) expect(command).toMatch(/^(kubectl|dr-webhook) [^<>\n]*$/);
  });

  it.each(entries)('%s points only to rules that there are', (_, { cause, risk, remedy }) => {
    const named = [cause, risk, remedy].join(' ').match(/DR\d+/g) ?? [];
    expect(named.filter((code) => !(code in catalogue))).toEqual([]);
  });

  it('names the consent that the guard asks for', () => {
    for (const rule of guardRules)
      expect([rule.code, catalogue[rule.code].consent]).toEqual([
        rule.code,
        'consent' in rule ? rule.consent : undefined,
      ]);
  });

  it('lets consent pass where a person may accept the loss, and nowhere else', () => {
    const consents = entries.flatMap(([code, { consent }]) =>
      consent === undefined ? [] : [[code, consent]],
    );
    expect(consents).toEqual([
      ['DR102', 'force-promote'],
      ['DR108', 'resync'],
      ['DR109', 'demote-in-use'],
      ['DR110', 'unprotect'],
      ['DR113', 'lose-since-promote'],
    ]);
  });
});
