import { DrError } from '../../core/model/error.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { FactSource } from '../fact-source.ts';
import { answerAdvice } from '../judge/answer-advice.ts';
import { answerFailure } from '../judge/answer-failure.ts';
import { answerGuard } from '../judge/answer-guard.ts';
import { answerRepair } from '../judge/answer-repair.ts';
import { isUnchanged } from '../judge/is-unchanged.ts';
import { type Judgement, nothingToSay } from '../judge/judgement.ts';
import type { WebhookName } from '../judge/webhook-name.ts';
import type { Deadline } from './deadline.ts';

/** Gathers facts, then decides. Rejects as the fact source does. */
export type Judge = (request: AdmissionRequest, signal: AbortSignal) => Promise<Judgement>;

/** How each webhook judges. */
export const createJudges = (source: FactSource): Readonly<Record<WebhookName, Judge>> => ({
  guard: async (request, signal) => {
    if (isUnchanged(request)) return nothingToSay;
    const facts = await source.guard(request, signal);
    // Whoever was told that nobody judged in time must not be let in behind their back.
    signal.throwIfAborted();
    const judgement = facts === undefined ? nothingToSay : answerGuard(facts);
    // Told in the turn in which the facts came: whoever is judged next finds it.
    if (judgement.answer.allowed && !request.dryRun) source.admitted(request);
    return judgement;
  },
  advice: async (request, signal) => {
    const facts = isUnchanged(request) ? undefined : await source.advice(request, signal);
    return facts === undefined ? nothingToSay : answerAdvice(facts);
  },
  restore: async (request, signal) => {
    const facts = await source.repair(request, signal);
    return facts === undefined ? nothingToSay : answerRepair(facts);
  },
});

const unreadable = (error: DrError): string =>
  error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;

/**
 * Judges one review in its time. It never rejects: who cannot be judged gets the answer for that, and `onFault` hears of what
 * was thrown.
 */
export const judgeReview = async (
  { webhook, judge }: { webhook: WebhookName; judge: Judge },
  request: AdmissionRequest,
  { deadline, onFault }: { deadline: Deadline; onFault: (error: unknown) => void },
): Promise<Judgement> => {
  const judged = judge(request, deadline.signal).catch((error: unknown): Judgement | 'late' => {
    // What ends because its time is up is late, whatever it says.
    if (deadline.signal.aborted) return 'late';
    if (error instanceof DrError && error.code === 'ObjectUnreadable') {
      return answerFailure(webhook, { what: 'unreadable', why: unreadable(error) });
    }
    onFault(error);
    return answerFailure(webhook, { what: 'failed', uid: request.uid });
  });
  const outcome = await Promise.race([judged, deadline.passed]);
  return outcome === 'late' ? answerFailure(webhook, { what: 'late', afterMs: deadline.budgetMs }) : outcome;
};
