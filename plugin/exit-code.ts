/** What the process ends with. Scripts rely on these numbers; they are documented in docs and never reused. */
export const exitCode = {
  /** Done, or everything healthy. */
  ok: 0,
  error: 1,
  usage: 2,
  /** The command finished, and what it found is wrong: an error-level verdict stands. */
  degraded: 3,
  /** Refused by a safety rule. */
  refused: 4,
  /** The wait ended; the operation goes on. */
  timedOut: 5,
  /** Some objects done, some not. */
  partly: 6,
  interrupted: 130,
  /** Whoever read the output has gone before its end; what a shell says of a program that SIGPIPE has ended. */
  readerGone: 141,
  /** Ended by SIGTERM; what a shell says of a program that it has ended. */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Why output did not arrive: nobody reads it any more, or it could not be written. */
export type LostOutput = 'ReaderGone' | 'NotWritten';

/**
 * What a command ends with whose output did not arrive as a whole: never with success, nor with what only its output could have told. What
 * it says of the clusters stands.
 */
export const withLostOutput = (
  code: ExitCode,
  lost: LostOutput,
  { byPerson }: { readonly byPerson: boolean },
): ExitCode => {
  const isToldByOutput: boolean =
    code === exitCode.ok || code === exitCode.degraded || (code === exitCode.interrupted && !byPerson);
  if (!isToldByOutput) return code;
  return lost === 'ReaderGone' ? exitCode.readerGone : exitCode.error;
};
