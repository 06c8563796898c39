import { oneLine } from '../one-line.ts';
import type { Objection } from './objection.ts';

/** A guard fails closed: what could not be read is refused, and said to be unknown, not to be wrong. */
export const cannotTell = (what: string, why: string, risk: string): Objection => ({
  fact: `cannot tell ${what} (${oneLine(why)})`,
  risk,
  next: 'Try again in a few seconds; if it stays so: kubectl -n kubectl-dr logs deployment/dr-webhook',
});
