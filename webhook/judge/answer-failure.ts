import { oneLine } from '../../core/rules/one-line.ts';
import type { Answer } from '../answer.ts';
import type { Judgement } from './judgement.ts';
import type { WebhookName } from './webhook-name.ts';

/** Why nobody could judge a review. */
export type Failure =
  /** The object is none that a rule could read. */
  | { readonly what: 'unreadable'; readonly why: string }
  /** The time the API server gives was used up. */
  | { readonly what: 'late'; readonly afterMs: number }
  /** Our own fault; the log has the details, which are nobody else's business. */
  | { readonly what: 'failed'; readonly uid: string };

const textOf = (failure: Failure): string => {
  switch (failure.what) {
    case 'unreadable':
      return oneLine(failure.why, 1000);
    case 'late':
      return `dr-webhook could not judge in time: no answer within ${failure.afterMs} ms. Nothing was changed; try again`;
    case 'failed':
      return `dr-webhook could not judge because of a fault of its own. Nothing was changed; its log tells more of review ${oneLine(failure.uid)}`;
  }
};

const warnings: Readonly<Record<Exclude<WebhookName, 'guard'>, string>> = {
  advice: 'dr-webhook could not look for advice about this change',
  restore: 'dr-webhook could not look whether this object has to be mended: it is stored as it was sent',
};

/** Nobody is warned of an object that the API server itself is about to refuse. */
const letIn = (webhook: Exclude<WebhookName, 'guard'>, { what }: Failure): Answer =>
  what === 'unreadable'
    ? { allowed: true }
    : { allowed: true, warnings: [`${warnings[webhook]}${what === 'late' ? ' in time' : ''}`] };

/** The answer where nobody could judge: the guard refuses, advice and repair let the request in and say so. */
export const answerFailure = (webhook: WebhookName, failure: Failure): Judgement => {
  const status = failure.what === 'unreadable' ? 422 : 500;
  return {
    answer:
      webhook === 'guard' ? { allowed: false, status, message: textOf(failure) } : letIn(webhook, failure),
    decision: failure.what,
    rules: [],
  };
};
