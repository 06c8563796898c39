import type { ConsentAction } from '../../consent.ts';
import type { RuleCode } from '../rule-code.ts';

/** What a rule does: refuses the request, mends the object, warns, or is found when somebody looks. */
export type RuleLevel = 'guard' | 'repair' | 'advice' | 'check';

/** What a person can read about a rule. Texts are one line each. */
export type CatalogueEntry = {
  readonly code: RuleCode;
  readonly level: RuleLevel;
  /** What the rule finds, as a noun phrase. */
  readonly title: string;
  /** When it speaks up, and when it does not. */
  readonly cause: string;
  /** What would happen without it. */
  readonly risk: string;
  readonly remedy: string;
  /** Commands of the remedy; words in capitals stand for names. */
  readonly commands: readonly string[];
  /** What a person may accept so that the rule lets the change pass; undefined where nobody can. */
  readonly consent?: ConsentAction;
};

/** What is written down of an entry: code and level follow from where it stands. */
export type EntryTexts = Omit<CatalogueEntry, 'code' | 'level'>;
