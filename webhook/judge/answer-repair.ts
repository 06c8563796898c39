import { mend } from '../../core/rules/repair/mend.ts';
import type { RepairFacts } from '../../core/rules/repair-facts.ts';
import { codesOf, type Judgement, nothingToSay } from './judgement.ts';

/** A restored object is let in mended, and its owner is told what was done. */
export const answerRepair = (facts: RepairFacts): Judgement => {
  const { patch, done } = mend(facts);
  if (patch.length === 0) return nothingToSay;
  const rules = codesOf(done);
  return {
    answer: {
      allowed: true,
      patch,
      warnings: done.map(({ code, message }) => `${code}: ${message}`),
      auditAnnotations: { rules: rules.join(',') },
    },
    decision: 'mended',
    rules,
  };
};
