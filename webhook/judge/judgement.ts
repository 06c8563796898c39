import type { RuleCode } from '../../core/rules/rule-code.ts';
import type { Answer } from '../answer.ts';

/** How a review ended. `unreadable`, `late` and `failed`: nobody could judge. */
export type Decision =
  | 'allowed'
  | 'refused'
  | 'waived'
  | 'warned'
  | 'mended'
  | 'unreadable'
  | 'late'
  | 'failed';

/** An answer, and what log and metrics tell of it. */
export type Judgement = {
  readonly answer: Answer;
  readonly decision: Decision;
  /** The rules that spoke, each once, the worst first. */
  readonly rules: readonly RuleCode[];
};

/** No rule has anything to say. */
export const nothingToSay: Judgement = { answer: { allowed: true }, decision: 'allowed', rules: [] };

/** The codes of findings, each once, in their order. */
export const codesOf = <Code extends RuleCode>(
  findings: readonly { readonly code: Code }[],
): readonly Code[] => [...new Set(findings.map(({ code }) => code))];
