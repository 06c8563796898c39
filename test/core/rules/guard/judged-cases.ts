import { describe, expect, it } from 'vitest';
import { judgeRules } from '../../../../core/rules/guard/judge-guard.ts';
import type { GuardFacts } from '../../../../core/rules/guard-facts.ts';
import type { GuardCode } from '../../../../core/rules/rule-code.ts';

/** One record and one sentence. `refused` and `waived` are what the message has to say, in each of these words. */
export type JudgedCase = { readonly title: string; readonly given: GuardFacts } & (
  | { readonly passes: true }
  | { readonly refused: readonly string[] }
  | { readonly waived: readonly string[] }
);

/** Judges every case by one rule. Each is expected to find one thing at most. */
export const judgeCases = (code: GuardCode, cases: readonly JudgedCase[]): void => {
  describe(code, () => {
    it.each(cases)('$title', (judged) => {
      const { refusals, waived } = judgeRules(judged.given, [code]);
      if ('passes' in judged) {
        expect({ refusals, waived }).toEqual({ refusals: [], waived: [] });
        return;
      }
      const [found, other, words] =
        'refused' in judged ? [refusals, waived, judged.refused] : [waived, refusals, judged.waived];
      expect(other).toEqual([]);
      expect(found).toHaveLength(1);
      expect(found[0]?.code).toBe(code);
      for (const word of words) expect(found[0]?.message).toContain(word);
    });
  });
};
