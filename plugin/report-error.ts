import { DrError, messageOf } from '../core/model/error.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { isUsageError } from './usage-error.ts';

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').trim();

/** From this verbosity on, an error shows what caused it. */
const causesFrom = 6;

const causesOf = (thrown: unknown): string[] => {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause === undefined ? [] : [oneLine(messageOf(cause)), ...causesOf(cause)];
};

/** `error: <message>; <hint>`, on one line, and with `-v=6` the causes below it. Never a stack trace. */
export const errorText = (thrown: unknown, verbosity = 0): string => {
  const hint = thrown instanceof DrError ? thrown.hint : undefined;
  const first = `error: ${oneLine(messageOf(thrown))}${hint === undefined ? '' : `; ${oneLine(hint)}`}`;
  const causes = verbosity >= causesFrom ? causesOf(thrown).map((cause) => `caused by: ${cause}`) : [];
  return `${[first, ...causes].join('\n')}\n`;
};

/** Prints an error and answers the code to exit with. */
export const reportError = (
  thrown: unknown,
  io: Pick<Io, 'stderr' | 'signal'>,
  verbosity?: number,
): ExitCode => {
  if (io.signal.aborted) return exitCode.interrupted;
  io.stderr.write(errorText(thrown, verbosity));
  return isUsageError(thrown) ? exitCode.usage : exitCode.error;
};
