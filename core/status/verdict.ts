import type { PairFacts } from './facts.ts';

/** What the pair is for one volume. */
export type VerdictName =
  | 'Protected'
  | 'Degraded'
  | 'Lagging'
  | 'Moving'
  | 'NoPrimary'
  | 'SplitBrain'
  | 'Unprotected'
  | 'Unknown';

/** How much it matters; a command that meets `error` exits with 3. */
export type VerdictLevel = 'ok' | 'info' | 'warning' | 'error';

/** The verdict of the pair for one volume, with its reason and what to do next. */
export type Verdict = {
  readonly name: VerdictName;
  readonly level: VerdictLevel;
  /** Stable word for scripts: `FirstSyncPending`. */
  readonly reason: string;
  /** One sentence without a full stop. */
  readonly message: string;
  /** A command that is safe to run now; undefined where nothing is to be done or nothing is safe. */
  readonly next: string | undefined;
};

/** The level of each verdict unless a check says otherwise: a late copy is a warning until it is critical. */
const levels: Record<VerdictName, VerdictLevel> = {
  Protected: 'ok',
  Moving: 'info',
  Lagging: 'warning',
  Degraded: 'error',
  NoPrimary: 'error',
  SplitBrain: 'error',
  Unprotected: 'error',
  Unknown: 'error',
};

/** Makes a verdict; the level follows from the name unless it is given. */
export const verdict = (
  name: VerdictName,
  parts: { reason: string; message: string; next?: string | undefined; level?: VerdictLevel },
): Verdict => ({
  name,
  level: parts.level ?? levels[name],
  reason: parts.reason,
  message: parts.message,
  next: parts.next,
});

/** One small named check; the verdict of a pair comes from an ordered list of them. */
export type VerdictCheck = (facts: PairFacts) => Verdict | undefined;
