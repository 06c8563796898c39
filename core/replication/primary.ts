import { readConsent } from '../consent.ts';
import { type Answers, errorText, type Failure, type InfoAnswer } from './answer.ts';
import {
  type ConditionSet,
  destinationFailed,
  destinationKnown,
  failedPromotion,
  failedValidation,
  notReplicating,
  promoted,
  replicating,
  replicationUnknown,
} from './condition-sets.ts';
import { currentState, type Facts, type PeerView } from './facts.ts';
import { failedCall } from './failed-call.ts';
import { firstSyncDelay, pollIntervalOf } from './poll-interval.ts';
import type { Prepared } from './prerequisites.ts';
import type { StatusChange } from './status-change.ts';
import { backoff, handOverBackoffMs, type Note, type Requeue, type Step } from './step.ts';

const forceFailure = 'failed to force promote volume';

type Situation = { facts: Facts; answers: Answers; prepared: Prepared };

const isPrimary = ({ facts }: Situation): boolean => currentState(facts) === 'Primary';

const succeeded = (answer: { ok: boolean } | undefined): boolean => answer?.ok === true;

/** The volume is primary now, by status or by what the driver answered in this pass. */
const isPromoted = (situation: Situation): boolean =>
  isPrimary(situation) || succeeded(situation.answers.promote) || succeeded(situation.answers.forcedPromote);

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

const lookCloser = (situation: Situation): Step | undefined =>
  wantsForce(situation) !== undefined && situation.facts.forcePolicy === 'consent' && !situation.facts.isLive
    ? { do: 'look-closer' }
    : undefined;

const describePeer = (peer: PeerView | undefined): string => {
  if (peer === undefined) return 'the other site may be primary';
  if (peer.state === 'primary') return `${peer.site} is primary`;
  if (peer.state === 'not-primary')
    return `${peer.site} says it is not primary, but its last snapshot has not arrived`;
  return `${peer.site} may be primary (${peer.reason})`;
};

/** A force without consent is refused: the driver cannot tell a dead peer from a healthy one, and both would be primary. */
const refuseForce = (situation: Situation): Step | undefined => {
  const { facts } = situation;
  const failure = wantsForce(situation);
  if (failure === undefined || facts.forcePolicy === 'upstream') return undefined;
  const consent = readConsent(facts.replication, 'force-promote', facts.now);
  if (consent.state === 'valid') return undefined;
  const why = consent.state === 'void' ? `; ${consent.why}` : '';
  const message =
    `not promoted: ${describePeer(facts.peer)}, and forcing could make two primaries that each lose the other's ` +
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

/** Consent is void after its one use. */
const useUpConsent = (situation: Situation): Step | undefined => {
  const { facts } = situation;
  const consent = readConsent(facts.replication, 'force-promote', facts.now);
  if (consent.state !== 'valid') return undefined;
  const { by, reason } = consent.consent;
  const what = wasForced(situation)
    ? 'used to force the promotion'
    : 'no longer needed: the volume is primary';
  const because = reason === undefined ? '' : ` (${reason})`;
  return {
    do: 'remove-consent',
    note: {
      type: 'Normal',
      reason: 'ConsentRemoved',
      message: `Consent of ${by}${because} removed: ${what}`,
    },
  };
};

const askInfo = ({ answers }: Situation): Step | undefined =>
  answers.info === undefined ? { do: 'call', rpc: 'info', force: false } : undefined;

const knowsDestination = ({ replication }: Facts): boolean =>
  replication.status?.conditions?.some(
    ({ type, status }) => type === 'DestinationInfoAvailable' && status === 'True',
  ) ?? false;

const askDestination = ({ facts, answers }: Situation): Step | undefined =>
  answers.destination === undefined &&
  facts.driver.state === 'ready' &&
  facts.driver.knowsDestination &&
  !knowsDestination(facts)
    ? { do: 'call', rpc: 'destination', force: false }
    : undefined;

const healthConditions = {
  unknown: replicationUnknown,
  healthy: replicating,
  degraded: notReplicating,
  error: notReplicating,
} as const;

/**
 * What the driver's answer about the last sync means. Before the first sync is done ceph-csi answers Internal, NotFound or
 * FailedPrecondition: the volume is primary all the same, and only `Replicating` is unknown.
 */
const infoConditions = (answer: InfoAnswer | undefined): ConditionSet => {
  if (answer === undefined) return [];
  if (answer.ok) return healthConditions[answer.info.health]('volume', answer.info.message);
  return answer.code === 'Unimplemented' ? [] : replicationUnknown('volume', errorText(answer));
};

const sinceTransition = (facts: Facts): number => {
  const completed = facts.replication.status?.conditions?.find(({ type }) => type === 'Completed');
  const since = completed?.status === 'True' ? Date.parse(completed.lastTransitionTime) : facts.now;
  return facts.now - since;
};

const nextPoll = ({ facts, answers, prepared }: Situation): Requeue => {
  const { info, destination } = answers;
  if (destination !== undefined && !destination.ok) return backoff;
  if (info === undefined || (!info.ok && info.code === 'Unimplemented')) return { when: 'never' };
  const pollMs = facts.pollMs ?? pollIntervalOf(prepared.parameters.forDriver);
  const isSynced =
    info.ok && (info.info.lastSyncTime !== undefined || facts.replication.status?.lastSyncTime !== undefined);
  return { when: 'after', ms: isSynced ? pollMs : firstSyncDelay(sinceTransition(facts), pollMs) };
};

/** Forced in this pass, or in one before it whose answer was an error although it happened. */
const wasForced = ({ facts, answers }: Situation): boolean =>
  succeeded(answers.forcedPromote) ||
  (facts.replication.status?.conditions?.some(
    ({ type, message }) => type === 'Completed' && message === forceFailure,
  ) ??
    false);

const promotionNotes = (situation: Situation): Note[] => {
  if (isPrimary(situation)) return [];
  if (!wasForced(situation)) {
    return [{ type: 'Normal', reason: 'Promoted', message: 'Volume is promoted to primary' }];
  }
  const byPolicy =
    situation.facts.forcePolicy === 'upstream'
      ? ' No peer is configured, so the force was not asked for by anybody: look at the other site before it writes again.'
      : '';
  return [
    {
      type: 'Warning',
      reason: 'ForcePromoted',
      message: `Volume was promoted by force: writes that had not reached this site are lost, and the other site may still be primary.${byPolicy}`,
    },
  ];
};

const done = (situation: Situation): Step => {
  const { answers } = situation;
  const { info, destination } = answers;
  const status: StatusChange = {
    state: 'Primary',
    message: 'volume is marked primary',
    conditions: [
      ...promoted('volume'),
      ...infoConditions(info),
      ...(destination === undefined
        ? []
        : destination.ok
          ? destinationKnown('volume')
          : destinationFailed('volume', destination.description)),
    ],
    completed: true,
    ...(info?.ok ? { sync: info.info } : {}),
    ...(destination?.ok ? { destinationVolumeId: destination.volumeId } : {}),
  };
  return { do: 'finish', status, requeue: nextPoll(situation), notes: promotionNotes(situation) };
};

const toBecomePrimary = [
  enable,
  enableFailed,
  promote,
  promoteFailed,
  lookCloser,
  refuseForce,
  forcePromote,
  forceFailed,
] as const;

/** Enable and promote are never called again once the status says Primary: what drifts on the backend is not repaired. */
const whilePrimary = [useUpConsent, askInfo, askDestination, done] as const;

/** `spec.replicationState: primary`: the next step, the first of the list that applies. */
export const stepToPrimary = (facts: Facts, answers: Answers, prepared: Prepared): Step => {
  const situation = { facts, answers, prepared };
  for (const decide of isPromoted(situation) ? whilePrimary : toBecomePrimary) {
    const step = decide(situation);
    if (step !== undefined) return step;
  }
  return done(situation);
};
