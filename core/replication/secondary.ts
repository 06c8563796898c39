import { demotionText } from '../following/demotion.ts';
import { followedCondition } from '../following/followed.ts';
import type { Answers, ResyncAnswer } from './answer.ts';
import { demoted, notDegraded, resyncing, validated } from './condition-sets.ts';
import { endConsent } from './end-consent.ts';
import { currentState, type Facts } from './facts.ts';
import { failedCall } from './failed-call.ts';
import { resyncFailure } from './own-writes-now.ts';
import { handOverDelay } from './poll-interval.ts';
import type { Prepared } from './prerequisites.ts';
import { stepBeforeResync } from './refuse-unsafe.ts';
import type { Note, Step } from './step.ts';
import { stepBeforeDemotion, wasLeftUnfollowed } from './unfollowed-primary.ts';

type Situation = { facts: Facts; answers: Answers; prepared: Prepared };

const isSecondary = ({ facts }: Situation): boolean => currentState(facts) === 'Secondary';

/** Also on every later pass: it answers OK for what is secondary, and mends a promotion behind our back. */
const demote = ({ answers }: Situation): Step | undefined =>
  answers.demote === undefined ? { do: 'call', rpc: 'demote', force: false } : undefined;

const demoteFailed = ({ facts, answers }: Situation): Step | undefined =>
  answers.demote === undefined || answers.demote.ok
    ? undefined
    : failedCall(facts, 'demote', { completed: 'failed to demote volume', failure: answers.demote });

const resyncsItself = ({ replication }: Facts): boolean => replication.spec.autoResync ?? false;

/** Consent to a promotion that has been and is undone again must not serve the next one, either. */
const endDemoteConsent = ({ facts }: Situation): Step | undefined =>
  endConsent(facts, {
    reached:
      currentState(facts) === 'Primary'
        ? ['demote-in-use', 'lose-since-promote', 'force-promote']
        : ['demote-in-use', 'lose-since-promote'],
    pending: resyncsItself(facts) ? ['resync'] : [],
    outcome: 'the volume is demoted',
  });

/** The driver took the resync, so that nothing is left to consent to. */
const endResyncConsent = ({ facts }: Situation): Step | undefined =>
  wantsForce(facts)
    ? endConsent(facts, {
        reached: ['resync', 'demote-in-use', 'lose-since-promote'],
        outcome: 'the resync is under way or done',
      })
    : undefined;

/** Conditions that speak of a primary. */
const ofPrimaryOnly: readonly string[] = ['Replicating', followedCondition];

const demoteDone = (situation: Situation): Step | undefined => {
  if (isSecondary(situation)) return undefined;
  return {
    do: 'finish',
    status: {
      state: 'Secondary',
      message: 'volume is marked secondary and is degraded',
      conditions: demoted('volume'),
      // What a primary knew of its mirroring says nothing about a secondary, whatever becomes of the resync.
      withdrawn: ofPrimaryOnly,
      forgetsSyncTime: true,
    },
    requeue: { when: 'after', ms: handOverDelay(0, situation.facts.resyncPollMs) },
    notes: [{ type: 'Normal', reason: 'Demoted', message: 'Volume is demoted to secondary' }],
  };
};

const wantsForce = (facts: Facts): boolean =>
  facts.replication.spec.replicationState === 'resync' || resyncsItself(facts);

/** The driver accepted a resync for the present spec, and the copy has been well since. */
const isFollowing = ({ replication: { metadata, status } }: Facts): boolean => {
  const holds = (type: string, value: string): boolean =>
    status?.conditions?.some(
      (condition) =>
        condition.type === type &&
        condition.status === value &&
        condition.observedGeneration === metadata.generation,
    ) ?? false;
  return holds('Completed', 'True') && (holds('Resyncing', 'True') || holds('Degraded', 'False'));
};

/**
 * Forced where the user asks for it: then the local copy may be thrown away, and the peer is asked first. Unforced it only tells
 * how far it is. With a peer, a copy that is well is asked without force: what there is to discard would be the only good data,
 * and an error brings the force back at the next pass. One that was demoted before anybody had followed it looks well and is not.
 */
const needsForce = (facts: Facts): boolean =>
  wantsForce(facts) && !(facts.hasPeer && isFollowing(facts) && !wasLeftUnfollowed(facts));

const resync = ({ facts, answers }: Situation): Step | undefined => {
  if (answers.resync !== undefined) return undefined;
  const force = needsForce(facts);
  return (force ? stepBeforeResync(facts) : undefined) ?? { do: 'call', rpc: 'resync', force };
};

/** Its copy is given up for that of the other site: what it was demoted with matters no more. */
const settleMark = ({ facts, answers }: Situation): Step | undefined => {
  if (answers.resync?.ok !== true || !wasLeftUnfollowed(facts) || !needsForce(facts)) return undefined;
  const { replication, now } = facts;
  return {
    do: 'mark-demotion',
    text: demotionText({ followed: 'yes', at: now }, replication.metadata.generation ?? 0),
  };
};

const resyncFailed = ({ facts, answers }: Situation): Step | undefined =>
  answers.resync === undefined || answers.resync.ok
    ? undefined
    : failedCall(facts, 'resync', { completed: resyncFailure, failure: answers.resync });

const isReady = (answer: ResyncAnswer | undefined): boolean => answer?.ok === true && answer.ready;

const wasResyncing = ({ facts }: Situation): boolean =>
  facts.replication.status?.conditions?.some(
    ({ type, status }) => type === 'Resyncing' && status === 'True',
  ) ?? false;

const resyncingNote: Note = {
  type: 'Normal',
  reason: 'Resyncing',
  message: 'Volume takes over the changes of the other site',
};

const forcedNote: Note = {
  type: 'Warning',
  reason: 'ResyncForced',
  message:
    'Resync was asked for by force: what only this site holds is discarded, and the other site must hold good data',
};

/** `spec.replicationState: resync` or `autoResync`; said once, when it begins. */
const beginNote = (facts: Facts): Note => (wantsForce(facts) ? forcedNote : resyncingNote);

/** A demotion is when the copy became degraded; where that cannot be told, it was long ago. */
const sinceDemotion = ({ replication, now }: Facts): number => {
  const degraded = replication.status?.conditions?.find(({ type }) => type === 'Degraded');
  return degraded?.status === 'True'
    ? now - Date.parse(degraded.lastTransitionTime)
    : Number.POSITIVE_INFINITY;
};

/**
 * A running replica stays here for as long as the other site is primary: that is its normal state. So does what was demoted before the
 * other site had followed it, however equal the driver calls the two.
 */
const resyncRuns = (situation: Situation): Step | undefined => {
  const isUnfollowed = wasLeftUnfollowed(situation.facts);
  if (isReady(situation.answers.resync) && !isUnfollowed) return undefined;
  return {
    do: 'finish',
    status: {
      message: isUnfollowed
        ? 'volume is degraded: it was demoted before the other site had followed it'
        : 'volume is degraded',
      conditions: resyncing('volume'),
      withdrawn: ofPrimaryOnly,
    },
    requeue: {
      when: 'after',
      ms: handOverDelay(sinceDemotion(situation.facts), situation.facts.resyncPollMs),
    },
    notes: wasResyncing(situation) ? [] : [beginNote(situation.facts)],
  };
};

/** Both sites are demoted and hold the same data. Not looked at again until the spec changes, as kubernetes-csi-addons. */
const inSync =
  (message: string, forgetsSyncTime: boolean) =>
  (_: Situation): Step => ({
    do: 'finish',
    status: {
      state: 'Secondary',
      message,
      conditions: [...resyncing('volume'), ...notDegraded('volume'), ...validated('volume')],
      completed: true,
      ...(forgetsSyncTime ? { withdrawn: ofPrimaryOnly, forgetsSyncTime } : {}),
    },
    requeue: { when: 'never' },
    notes: [
      { type: 'Normal', reason: 'Resynced', message: 'Both sites are secondary and hold the same data' },
    ],
  });

const firstOf = (
  decisions: readonly ((situation: Situation) => Step | undefined)[],
  situation: Situation,
): Step => {
  for (const decide of decisions) {
    const step = decide(situation);
    if (step !== undefined) return step;
  }
  throw new TypeError('the last decision of a list always applies');
};

const secondaryDecisions = [
  stepBeforeDemotion,
  demote,
  demoteFailed,
  endDemoteConsent,
  demoteDone,
  resync,
  resyncFailed,
  settleMark,
  endResyncConsent,
  resyncRuns,
  inSync('volume is marked secondary', true),
] as const;

const resyncDecisions = [
  resync,
  resyncFailed,
  endResyncConsent,
  resyncRuns,
  inSync('volume is marked for resyncing', false),
] as const;

/** `spec.replicationState: secondary`: demote, then follow the resync. Never enables: a volume without mirroring fails. */
export const stepToSecondary = (facts: Facts, answers: Answers, prepared: Prepared): Step =>
  firstOf(secondaryDecisions, { facts, answers, prepared });

/** `spec.replicationState: resync`: no demote, the resync is forced. */
export const stepToResync = (facts: Facts, answers: Answers, prepared: Prepared): Step =>
  firstOf(resyncDecisions, { facts, answers, prepared });
