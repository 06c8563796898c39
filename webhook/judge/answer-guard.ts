import { judgeGuard } from '../../core/rules/guard/judge-guard.ts';
import type { GuardFacts } from '../../core/rules/guard-facts.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import type { Finding, GuardVerdict, Waived } from '../../core/rules/verdict.ts';
import { codesOf, type Judgement } from './judgement.ts';

const textOf = ({ code, message }: Finding): string => `${code}: ${message}`;

const warningOf = ({ code, message, by, reason }: Waived): string => {
  const why = reason === undefined ? '' : ` (${oneLine(reason)})`;
  return `${code} waived: ${message}; accepted by ${oneLine(by)}${why}`;
};

const refuse = (refusals: GuardVerdict['refusals']): Judgement => {
  const rules = codesOf(refusals);
  return {
    answer: {
      allowed: false,
      status: 403,
      message: refusals.map(textOf).join('; '),
      auditAnnotations: { decision: 'refused', rules: rules.join(',') },
    },
    decision: 'refused',
    rules,
  };
};

const waive = (waived: GuardVerdict['waived']): Judgement => {
  const rules = codesOf(waived);
  const people = [...new Set(waived.map(({ by }) => oneLine(by)))];
  return {
    answer: {
      allowed: true,
      warnings: waived.map(warningOf),
      auditAnnotations: { decision: 'waived', rules: rules.join(','), 'consent-by': people.join(', ') },
    },
    decision: 'waived',
    rules,
  };
};

/** What the guard says about a change: all refusals at once, or what consent let pass. */
export const answerGuard = (facts: GuardFacts): Judgement => {
  const { refusals, waived } = judgeGuard(facts);
  if (refusals.length > 0) return refuse(refusals);
  if (waived.length > 0) return waive(waived);
  return {
    answer: { allowed: true, auditAnnotations: { decision: 'allowed' } },
    decision: 'allowed',
    rules: [],
  };
};
