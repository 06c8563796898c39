import type { NewCondition } from '../model/condition.ts';
import { type Answers, errorText, type InfoAnswer } from './answer.ts';
import {
  type ConditionSet,
  destinationFailed,
  destinationKnown,
  notReplicating,
  promoted,
  replicating,
  replicationUnknown,
} from './condition-sets.ts';
import { endConsent } from './end-consent.ts';
import { currentState, type Facts } from './facts.ts';
import { firstSyncDelay, pollIntervalOf } from './poll-interval.ts';
import type { Prepared } from './prerequisites.ts';
import { forceFailure, stepToPromotion } from './promotion.ts';
import type { StatusChange } from './status-change.ts';
import { backoff, longestBackoffMs, type Note, type Requeue, type Step } from './step.ts';
import { followedNow } from './unfollowed-primary.ts';

type Situation = { facts: Facts; answers: Answers; prepared: Prepared };

const isPrimary = ({ facts }: Situation): boolean => currentState(facts) === 'Primary';

const succeeded = (answer: { ok: boolean } | undefined): boolean => answer?.ok === true;

/** The volume is primary now, by status or by what the driver answered in this pass. */
const isPromoted = (situation: Situation): boolean =>
  isPrimary(situation) || succeeded(situation.answers.promote) || succeeded(situation.answers.forcedPromote);

const useOfConsent = (situation: Situation): string | undefined => {
  const { look } = situation.facts;
  if (wasForced(situation)) return 'used to force the promotion';
  if (peerDoubt(situation.facts) !== undefined) return 'used to promote while the other site may be primary';
  return look?.peer.state === 'not-primary' && look.peer.left !== undefined
    ? 'used to promote without what the other site wrote last'
    : undefined;
};

const useUpConsent = (situation: Situation): Step | undefined => {
  // On what was primary before, it is one to the demotion that is to come.
  const isPromotedNow = !isPrimary(situation);
  return endConsent(situation.facts, {
    reached: isPromotedNow ? ['force-promote', 'lose-since-promote'] : ['force-promote'],
    pending: isPromotedNow ? [] : ['lose-since-promote'],
    outcome: useOfConsent(situation) ?? 'no longer needed: the volume is primary',
  });
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

const nextPoll = ({ facts, answers, prepared }: Situation): Requeue => {
  const { info, destination } = answers;
  if (destination !== undefined && !destination.ok) return backoff;
  if (info === undefined || (!info.ok && info.code === 'Unimplemented')) return { when: 'never' };
  const pollMs = facts.pollMs ?? pollIntervalOf(prepared.parameters.forDriver);
  const { status, since = facts.now } = followedCondition({ facts, answers, prepared });
  const ms = status === 'True' ? pollMs : firstSyncDelay(facts.now - since, pollMs);
  // An error is no news about the mirroring: half a day of an unknown state must not come of it.
  return { when: 'after', ms: info.ok || info.code === 'NotFound' ? ms : Math.min(ms, longestBackoffMs) };
};

/** Forced in this pass, or in one before it whose answer was an error although it happened. */
const wasForced = ({ facts, answers }: Situation): boolean =>
  succeeded(answers.forcedPromote) ||
  (facts.replication.status?.conditions?.some(
    ({ type, message }) => type === 'Completed' && message === forceFailure,
  ) ??
    false);

/** What the other site showed when it was asked, where that was no clear no: then only consent let the promote through. */
const peerDoubt = ({ look }: Facts): string | undefined => {
  const peer = look?.peer;
  if (peer?.state === 'primary') {
    return `${peer.site} said that it is primary, so both sites are: stop the pods on one of them now`;
  }
  return peer?.state === 'unknown' ? `${peer.site} may still be primary: ${peer.why}` : undefined;
};

const plainNote = (facts: Facts): Note => {
  const doubt = peerDoubt(facts);
  return doubt === undefined
    ? { type: 'Normal', reason: 'Promoted', message: 'Volume is promoted to primary' }
    : {
        type: 'Warning',
        reason: 'PromotedWithConsent',
        message: `Volume is promoted to primary with consent, and ${doubt}`,
      };
};

const whyUnasked = ({ forcePolicy, hasPeer }: Facts): string => {
  if (forcePolicy === 'consent') return '';
  const why = hasPeer ? '--force-promote=upstream is set' : 'No peer is configured';
  return ` ${why}, so the force was not asked for by anybody: look at the other site before it writes again.`;
};

const promotionNotes = (situation: Situation): Note[] => {
  if (isPrimary(situation)) return [];
  const { facts } = situation;
  if (!wasForced(situation)) return [plainNote(facts)];
  const there = peerDoubt(facts) ?? 'the other site may still be primary';
  return [
    {
      type: 'Warning',
      reason: 'ForcePromoted',
      message: `Volume was promoted by force: writes that had not reached this site are lost, and ${there}.${whyUnasked(facts)}`,
    },
  ];
};

/** The call by which it became primary was made after the pass began, or after the last look at both sites. */
const followedCondition = (situation: Situation): NewCondition =>
  followedNow(situation, isPrimary(situation) ? undefined : situation.facts.now);

const done = (situation: Situation): Step => {
  const { answers } = situation;
  const { info, destination } = answers;
  const status: StatusChange = {
    state: 'Primary',
    message: 'volume is marked primary',
    conditions: [
      ...promoted('volume'),
      ...infoConditions(info),
      followedCondition(situation),
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

/** Enable and promote are never called again once the status says Primary: what drifts on the backend is not repaired. */
const whilePrimary = [useUpConsent, askInfo, askDestination] as const;

/** `spec.replicationState: primary`: the next step, the first of the list that applies. */
export const stepToPrimary = (facts: Facts, answers: Answers, prepared: Prepared): Step => {
  const situation = { facts, answers, prepared };
  const promotion = isPromoted(situation) ? undefined : stepToPromotion(facts, answers);
  if (promotion !== undefined) return promotion;
  for (const decide of whilePrimary) {
    const step = decide(situation);
    if (step !== undefined) return step;
  }
  return done(situation);
};
