/** What a `DrError` is made of. */
export type DrErrorParts = {
  /** Stable name that scripts may branch on, e.g. `ContextNotFound`. Never reused for another meaning. */
  code: string;
  /** One line: what happened, to which object. */
  message: string;
  /** One line: what to do next. */
  hint?: string;
  cause?: unknown;
};

/** The only error base of the product: one line of what and which, one of what to do next, and a stable code. */
export class DrError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor({ code, message, hint, cause }: DrErrorParts) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DrError';
    this.code = code;
    this.hint = hint;
  }
}

/** The text of anything that was thrown, without its stack. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
