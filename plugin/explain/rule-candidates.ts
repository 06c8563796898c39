import { catalogue } from '../../core/rules/catalogue.ts';
import type { Candidate } from '../completion/candidates.ts';

/** The codes of all rules for completion, in lower case where that was begun. */
export const ruleCandidates = (begun: string): Candidate[] =>
  Object.values(catalogue).map(({ code, title }) => ({
    word: /[a-z]/.test(begun) ? code.toLowerCase() : code,
    description: title,
  }));
