import type { CertificateLog } from './certificate-log.ts';
import type { KeyMaker } from './sign-certificate.ts';

/** What every source of certificates works with. */
export type KeepOptions = {
  /** Ends all work. */
  readonly signal: AbortSignal;
  /** The wall clock, milliseconds since the epoch. It may jump. */
  readonly now: () => number;
  /** Milliseconds on a clock that only goes forward, whatever is done to the wall clock: `performance.now` where left out. */
  readonly elapsed?: (() => number) | undefined;
  readonly random: () => number;
  readonly log: CertificateLog;
  /** How often all is looked at without an event, 30 s where left out: so late at most a suspended machine notices the time. */
  readonly pollMs?: number | undefined;
  /** RSA keys of 2048 bits where left out. */
  readonly makeKeys?: KeyMaker | undefined;
};

/** Milliseconds between two looks without an event. */
export const defaultPollMs = 30_000;
