import type { RuleCode } from '../rules/rule-code.ts';
import type { LossAt } from './losses-of-move.ts';

/** What the guard of the target says about a promote that is to be forced. */
export type GuardAnswer = {
  readonly code: RuleCode;
  /** One line. */
  readonly message: string;
  /** It read the source, and that one is primary: the source lives. */
  readonly isSourcePrimary: boolean;
};

/** Rules that speak of the other site, or of the consent; all others speak of objects that a restore brings. */
const heard = ['DR102', 'DR112'] as const satisfies readonly RuleCode[];

const eachRefusal = /(?:^|; |denied the request: )(?=DR\d{3}: )/;

/** As the rule begins what it knows; of what it cannot tell it says so first. */
const primaryThere = /^(?!cannot tell\b).*\bis (?:still |to become )?primary for the volume\b/s;

/** It was supposed for the question: nobody gave it yet. */
const ofConsent = / A consent is there, but .*$/s;

/** What of a refusal of the guard matters before anything is restored; undefined where nothing does. */
export const readGuardAnswer = (text: string): GuardAnswer | undefined => {
  const refusals = text.split(eachRefusal);
  for (const code of heard) {
    const said = refusals.find((refusal) => refusal.startsWith(`${code}: `))?.slice(code.length + 2);
    if (said === undefined) continue;
    const isSourcePrimary = code === 'DR102' && primaryThere.test(said);
    const message = (isSourcePrimary ? said.replace(ofConsent, '') : said).replace(/\.$/, '');
    return { code, message, isSourcePrimary };
  }
  return undefined;
};

/** Losses that were weighed without an answer of the source. */
export const forcedInTheDark = (losses: readonly LossAt[]): readonly LossAt[] =>
  losses.filter(({ loss, need }) => loss === 'force-promote' && need.seen?.peer === 'unknown');
