import type { GuardCode, RuleCode } from './rule-code.ts';

/** What a rule found: one line that names the fact, the risk and the next safe command, without the code. */
export type Finding<Code extends RuleCode = RuleCode> = { readonly code: Code; readonly message: string };

/** A rule that was violated and let pass, because a person accepted it. */
export type Waived = Finding<GuardCode> & { readonly by: string; readonly reason: string | undefined };

/** What the guard rules say about a change: refused while `refusals` holds anything, worst first. */
export type GuardVerdict = {
  readonly refusals: readonly Finding<GuardCode>[];
  readonly waived: readonly Waived[];
};
