import { mend } from '../../core/rules/repair/mend.ts';
import type { RepairFacts } from '../../core/rules/repair-facts.ts';
import { codesOf, type Judgement, nothingToSay } from './judgement.ts';

/** An object is let in mended, and its owner is told what was done where that matters to anybody; the audit log tells all of it. */
export const answerRepair = (facts: RepairFacts): Judgement => {
  const { patch, done } = mend(facts);
  if (patch.length === 0) return nothingToSay;
  const rules = codesOf(done);
  return {
    answer: {
      allowed: true,
      patch,
      warnings: done.flatMap(({ code, message }) => (message === undefined ? [] : [`${code}: ${message}`])),
      auditAnnotations: { rules: rules.join(',') },
    },
    decision: 'mended',
    rules,
  };
};
