import { demotionOf, demotionText } from '../following/demotion.ts';
import { followPrimary } from '../following/follow-primary.ts';
import type { Followed } from '../following/followed.ts';
import { millisecondsOf } from '../model/api-time.ts';
import type { NewCondition } from '../model/condition.ts';
import { replicationOfVolume } from '../status/replication.ts';
import type { Answers } from './answer.ts';
import { failedDemotion } from './condition-sets.ts';
import { currentState, type Facts, followedBefore } from './facts.ts';
import { firstSyncDelay } from './poll-interval.ts';
import type { Prepared } from './prerequisites.ts';
import { refusalsOf, refuse } from './refuse-unsafe.ts';
import { type Step, secondaryRetryMs } from './step.ts';

// A primary that is asked to be secondary is demoted once the other site has followed it: until then the driver is asked for the last
// sync as if it were to stay primary, and not to demote it.

type Situation = { facts: Facts; answers: Answers; prepared: Prepared };

const isJournal = ({ parameters }: Prepared): boolean => parameters.forDriver['mirroringMode'] === 'journal';

/** What `Followed` says now; `promotedAt`: in this pass it became primary. */
export const followedNow = (
  { facts, answers, prepared }: Situation,
  promotedAt: number | undefined,
): NewCondition =>
  followPrimary({
    before: followedBefore(facts),
    promotedAt,
    askedAt: replicationOfVolume(facts.replication).askedAt,
    info: answers.info,
    isJournal: isJournal(prepared),
    now: facts.toldAt ?? facts.now,
  });

const readingOf = ({ status, message, since }: NewCondition): Followed => {
  if (status === 'True') return { state: 'yes' };
  return status === 'False' ? { state: 'no', since } : { state: 'unknown', why: message };
};

const isPrimary = ({ facts }: Situation): boolean => currentState(facts) === 'Primary';

/** The driver is asked for the last sync unless it is known to be later than the promote. */
const askWhileUnfollowed = ({ facts, answers }: Situation): Step | undefined =>
  followedBefore(facts)?.status === 'True' || answers.info !== undefined
    ? undefined
    : { do: 'call', rpc: 'info', force: false };

const refuseUnfollowed = (situation: Situation): Step | undefined => {
  const { facts } = situation;
  const now = followedNow(situation, undefined);
  const refusals = refusalsOf(facts, { kind: 'demotion', followed: readingOf(now) });
  if (refusals.length === 0) return undefined;
  const since = now.since ?? millisecondsOf(followedBefore(facts)?.lastTransitionTime) ?? facts.now;
  return refuse(facts, refusals, {
    reason: 'DemoteRefused',
    conditions: (source, message, error) => [...failedDemotion(source, message, error), now],
    requeue: { when: 'after', ms: firstSyncDelay(facts.now - since, secondaryRetryMs) },
  });
};

/** Written down before the call: once it is demoted nothing tells any more. */
const markDemotion = (situation: Situation): Step | undefined => {
  const { replication, now } = situation.facts;
  const { state } = readingOf(followedNow(situation, undefined));
  const mark = demotionOf(replication, undefined);
  return mark.kind === 'marked' && mark.followed === state
    ? undefined
    : { do: 'mark-demotion', text: demotionText(state, replication.metadata.generation ?? 0, now) };
};

/** What comes before the demotion of a primary; undefined where it may be demoted. */
export const stepBeforeDemotion = (situation: Situation): Step | undefined => {
  if (!isPrimary(situation) || situation.answers.demote !== undefined) return undefined;
  return askWhileUnfollowed(situation) ?? refuseUnfollowed(situation) ?? markDemotion(situation);
};

/** Whether what it holds may be on no other site, as it was demoted before that had followed: what a driver calls equal is not then. */
export const wasLeftUnfollowed = ({ replication }: Facts): boolean => {
  const demotion = demotionOf(replication, undefined);
  return demotion.kind === 'marked' && demotion.followed !== 'yes';
};
