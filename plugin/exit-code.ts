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
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
