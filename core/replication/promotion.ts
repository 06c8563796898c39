import type { ConsentToAction } from '../rules/consent-facts.ts';
import { consentTo } from '../rules/consent-to.ts';
import { type Answers, errorText, type Failure } from './answer.ts';
import { failedPromotion, failedValidation } from './condition-sets.ts';
import type { Facts } from './facts.ts';
import { failedCall } from './failed-call.ts';
import { recordUse } from './refuse-unsafe.ts';
import { ruleFacts } from './rule-facts.ts';
import { backoff, handOverBackoffMs, type Step } from './step.ts';

type Situation = { facts: Facts; answers: Answers };

/** The `Completed` message after a failed force; a later pass reads from it that one was tried. */
export const forceFailure = 'failed to force promote volume';

const enable = ({ answers }: Situation): Step | undefined =>
  answers.enable === undefined ? { do: 'call', rpc: 'enable', force: false } : undefined;

const enableFailed = ({ answers }: Situation): Step | undefined => {
  const { enable: answer } = answers;
  if (answer === undefined || answer.ok) return undefined;
  const completed = 'failed to enable volume replication';
  const error = errorText(answer);
  return {
    do: 'finish',
    status: {
      message: answer.description,
      conditions:
        answer.code === 'FailedPrecondition'
          ? failedValidation('volume', error)
          : failedPromotion('volume', completed, error),
    },
    // Not at the pace of a secondary even if it is one, as kubernetes-csi-addons.
    requeue: backoff,
    notes: [{ type: 'Warning', reason: 'FailedToPromote', message: `${completed}: ${answer.description}` }],
  };
};

const promote = ({ answers }: Situation): Step | undefined =>
  answers.promote === undefined ? { do: 'call', rpc: 'promote', force: false } : undefined;

/** The one code that says "not without force"; the driver says it whether the peer is dead or well. */
const wantsForce = ({ answers }: Situation): Failure | undefined => {
  const { promote: answer } = answers;
  return answer !== undefined && !answer.ok && answer.code === 'FailedPrecondition' ? answer : undefined;
};

const promoteFailed = (situation: Situation): Step | undefined => {
  const { promote: answer } = situation.answers;
  if (answer === undefined || answer.ok || wantsForce(situation) !== undefined) return undefined;
  return failedCall(situation.facts, 'promote', { completed: 'failed to promote volume', failure: answer });
};

/** A peer that is primary, or may be, was refused by its rule before. */
const describePeer = ({ look }: Facts): string =>
  look?.peer.state === 'not-primary'
    ? `${look.peer.site} says it is not primary, but its last snapshot has not arrived`
    : 'the other site may be primary';

/** What was seen of the other site just before is what a consent has to cover. */
const consentToForce = (facts: Facts): ConsentToAction => {
  const { look } = facts;
  if (look === undefined) return { state: 'void', why: 'the other site has not been looked at' };
  return consentTo(ruleFacts(facts, { kind: 'replica', look }), 'force-promote');
};

/** A force without consent is refused: the driver cannot tell a dead peer from a healthy one, and both would be primary. */
const refuseForce = (situation: Situation): Step | undefined => {
  const { facts } = situation;
  const failure = wantsForce(situation);
  if (failure === undefined || facts.forcePolicy === 'upstream') return undefined;
  // It has been asked for, and the driver has answered.
  if (situation.answers.forcedPromote !== undefined) return undefined;
  const consent = consentToForce(facts);
  if (consent.state === 'valid') return recordUse(facts);
  const why = consent.state === 'void' ? `; ${consent.why}` : '';
  const message =
    `not promoted: ${describePeer(facts)}, and forcing could make two primaries that each lose the other's ` +
    `writes${why}. Demote the volume on the other site, or consent to the loss with the annotation ` +
    `kubectl-dr.dev/consent. The driver said: ${failure.description}`;
  return {
    do: 'finish',
    status: {
      message,
      conditions: failedPromotion('volume', 'failed to promote volume', errorText(failure)),
    },
    requeue: { when: 'backoff', capMs: handOverBackoffMs },
    notes: [{ type: 'Warning', reason: 'PromoteRefused', message }],
  };
};

const forcePromote = (situation: Situation): Step | undefined =>
  wantsForce(situation) !== undefined && situation.answers.forcedPromote === undefined
    ? { do: 'call', rpc: 'promote', force: true }
    : undefined;

/** A failed force keeps its consent: the next pass begins without force, and finds out if it happened all the same. */
const forceFailed = ({ facts, answers }: Situation): Step | undefined => {
  const { forcedPromote: answer } = answers;
  if (answer === undefined || answer.ok) return undefined;
  return failedCall(facts, 'promote', { completed: forceFailure, failure: answer });
};

const decisions = [
  enable,
  enableFailed,
  promote,
  promoteFailed,
  refuseForce,
  forcePromote,
  forceFailed,
] as const;

/** How a volume becomes primary: the first of the list that applies; undefined once the driver has promoted it. */
export const stepToPromotion = (facts: Facts, answers: Answers): Step | undefined => {
  for (const decide of decisions) {
    const step = decide({ facts, answers });
    if (step !== undefined) return step;
  }
  return undefined;
};
