/** Names an object of one site, as kubectl does. */
export type EventObject = {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
};

/**
 * How it stands with one object. `Waiting` may come many times, `Warning` beside anything; of the others an object gets one, the last:
 *
 *     Waiting ─> Done          changed as asked, and seen so
 *             ─> Unchanged     was so already
 *             ─> Planned       would be changed (--dry-run)
 *             ─> Refused       a safety rule stands against it
 *             ─> Failed        an error
 *             ─> TimedOut      not seen in time; what was asked for goes on
 */
export type RunEventType =
  | 'Waiting'
  | 'Warning'
  | 'Done'
  | 'Unchanged'
  | 'Planned'
  | 'Refused'
  | 'Failed'
  | 'TimedOut';

/** Something that a person or a script is told while a command works. */
export type RunEvent = {
  readonly type: RunEventType;
  /** Name of the site that it happened on. */
  readonly site: string;
  /** Undefined: the whole run. */
  readonly object?: EventObject | undefined;
  /** What happened, what is waited for, or what went wrong, as one line without a full stop: `promoted`. */
  readonly message: string;
  /** `DR102`, `Unreachable` …: stable, for scripts. */
  readonly code?: string | undefined;
  /** A command that is safe to run next. */
  readonly next?: string | undefined;
};

/** Tells what happens, in the order of the calls. */
export type Reporter = { readonly report: (event: RunEvent) => void };
