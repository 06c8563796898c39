import { advise } from '../../core/rules/advice/advise.ts';
import type { AdviceFacts } from '../../core/rules/advice-facts.ts';
import { codesOf, type Judgement, nothingToSay } from './judgement.ts';

/** Advice lets everything in, and warns. */
export const answerAdvice = (facts: AdviceFacts): Judgement => {
  const findings = advise(facts);
  if (findings.length === 0) return nothingToSay;
  const rules = codesOf(findings);
  return {
    answer: {
      allowed: true,
      warnings: findings.map(({ code, message }) => `${code}: ${message}`),
      auditAnnotations: { rules: rules.join(',') },
    },
    decision: 'warned',
    rules,
  };
};
