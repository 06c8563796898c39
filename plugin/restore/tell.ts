import { DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { RestoreConflict } from '../../core/restore/conflict.ts';
import { nextInRestore } from '../../core/restore/conflict-next.ts';
import { nameOf } from '../../core/restore/object-name.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import type { Outcome } from '../progress/outcome.ts';
import type { Reporter } from '../progress/run-event.ts';

/** Tells how it ended for objects of one site, and keeps it for the exit code. */
export type Teller = {
  /** `message`: one clause without the object's name. */
  ended(object: KubernetesObject, outcome: Outcome, message: string, next?: string): void;
  /** An object that an error ended. */
  failed(object: KubernetesObject, error: unknown): void;
  warn(text: string): void;
  readonly outcomes: readonly Outcome[];
};

/** A teller for one site. */
export const createTeller = (site: string, reporter: Reporter): Teller => {
  const outcomes: Outcome[] = [];
  const tell = (object: KubernetesObject, outcome: Outcome, message: string, more: object = {}): void => {
    outcomes.push(outcome);
    reporter.report({ type: outcome, site, object: nameOf(object), message: oneLine(message, 500), ...more });
  };
  return {
    outcomes,
    ended: (object, outcome, message, next) =>
      tell(object, outcome, message, next === undefined ? {} : { next }),
    failed: (object, error) =>
      tell(object, 'Failed', messageOf(error), {
        ...(error instanceof DrError && { code: error.code, ...(error.hint && { next: error.hint }) }),
      }),
    warn: (text) => reporter.report({ type: 'Warning', site, message: oneLine(text, 500) }),
  };
};

/** Lists everything that stands against a restore. */
export const tellConflicts = (
  conflicts: readonly RestoreConflict[],
  site: string,
  reporter: Reporter,
): void => {
  for (const conflict of conflicts)
    reporter.report({
      type: 'Failed',
      site,
      object: conflict.object,
      message: oneLine(conflict.fact, 500),
      code: 'RestoreConflict',
      next: nextInRestore(conflict),
    });
  const count = conflicts.length === 1 ? '1 conflict' : `${conflicts.length} conflicts`;
  reporter.report({
    type: 'Failed',
    site,
    message: `${count}: nothing was written`,
    code: 'RestoreConflict',
  });
};
