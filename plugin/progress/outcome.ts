import { type ExitCode, exitCode } from '../exit-code.ts';
import type { RunEventType } from './run-event.ts';

/** How it ended for one object of a run. */
export type Outcome = Exclude<RunEventType, 'Waiting' | 'Warning'>;

const isGood = (outcome: Outcome): boolean => ['Done', 'Unchanged', 'Planned'].includes(outcome);

/**
 * What a run over several objects exits with: 0 where all went well, 6 where some did and some did not; where none did, what the
 * worst of them says: 1 an error, 4 a refusal, 5 only time ran out.
 */
export const exitCodeOf = (outcomes: readonly Outcome[]): ExitCode => {
  if (outcomes.every(isGood)) return exitCode.ok;
  if (outcomes.some(isGood)) return exitCode.partly;
  if (outcomes.includes('Failed')) return exitCode.error;
  return outcomes.includes('Refused') ? exitCode.refused : exitCode.timedOut;
};
