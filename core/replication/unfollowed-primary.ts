import { demotionOf, demotionText, leftNothing } from '../following/demotion.ts';
import { followPrimary } from '../following/follow-primary.ts';
import { type Followed, noteOfDemotion, readingOfFollowed } from '../following/followed.ts';
import { millisecondsOf } from '../model/api-time.ts';
import type { NewCondition } from '../model/condition.ts';
import { replicationOfVolume } from '../status/replication.ts';
import { saysVolumeNotFound } from '../status/volume-not-found.ts';
import { type Answers, errorText } from './answer.ts';
import { failedDemotion } from './condition-sets.ts';
import { currentState, type Facts, followedBefore } from './facts.ts';
import { firstSyncDelay } from './poll-interval.ts';
import type { Prepared } from './prerequisites.ts';
import { judgeDemotion, recordUse, refuse } from './refuse-unsafe.ts';
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

const readingOf = ({ answers: { info } }: Situation, now: NewCondition): Followed =>
  readingOfFollowed(now, { since: now.since, lastSync: info?.ok ? info.info.lastSyncTime : undefined });

const isPrimary = ({ facts }: Situation): boolean => currentState(facts) === 'Primary';

/** Also of what is known to be followed: a copy over there may have been promoted, or be resynced, since the last look. */
const askForSync = ({ answers }: Situation): Step | undefined =>
  answers.info === undefined ? { do: 'call', rpc: 'info', force: false } : undefined;

type Unfollowed = {
  readonly followed: Followed;
  /** `Followed`, where the volume is known to be primary. */
  readonly conditions: readonly NewCondition[];
  /** What the driver tells of a volume whose status says nothing. */
  readonly state?: 'Primary';
};

const refuseUnfollowed = (
  { facts }: Situation,
  { followed, conditions: told, state }: Unfollowed,
): Step | undefined => {
  // Where the other site is primary as well, nothing is handed over by it.
  if (followed.state !== 'yes' && facts.hasPeer && facts.look?.before !== 'demote')
    return { do: 'look-closer', before: 'demote' };
  const { refusals, waived } = judgeDemotion(facts, {
    kind: 'demotion',
    followed,
    isTold: told.length > 0,
  });
  if (refusals.length === 0) return waived.length === 0 ? undefined : recordUse(facts);
  const begun = told[0]?.since ?? millisecondsOf(followedBefore(facts)?.lastTransitionTime);
  return refuse(facts, refusals, {
    reason: 'DemoteRefused',
    conditions: (source, message, error) => [...failedDemotion(source, message, error), ...told],
    requeue: { when: 'after', ms: firstSyncDelay(facts.now - (begun ?? facts.now), secondaryRetryMs) },
    ...(state === undefined ? {} : { state }),
  });
};

/** Written down before the call: once it is demoted nothing tells any more. */
const markDemotion = ({ facts: { replication, now } }: Situation, followed: Followed): Step | undefined => {
  const mark = demotionOf(replication, undefined);
  return mark.kind === 'marked' && mark.followed === followed.state
    ? undefined
    : {
        do: 'mark-demotion',
        text: demotionText(noteOfDemotion(followed, now), replication.metadata.generation ?? 0),
      };
};

const refuseOrMark = (situation: Situation, unfollowed: Unfollowed): Step | undefined =>
  refuseUnfollowed(situation, unfollowed) ?? markDemotion(situation, unfollowed.followed);

const primaryNow = (situation: Situation): Unfollowed => {
  const now = followedNow(situation, undefined);
  return { followed: readingOf(situation, now), conditions: [now] };
};

/** Nothing was ever made of it here, whoever asked for the demotion saw the same, and the driver finds no such volume: it can be none that was promoted. */
const wasNeverFound = ({ facts, answers: { info } }: Situation): boolean =>
  info?.ok === false &&
  saysVolumeNotFound(errorText(info)) &&
  leftNothing(demotionOf(facts.replication, undefined));

/**
 * What a volume without a status is: the status was cleared, or the object was deleted behind the controller's back and recreated. Only a
 * primary reports its last sync; ceph-csi answers InvalidArgument for a replica, and all other errors after it has seen a primary.
 */
const tellsItself = ({ facts, answers: { info } }: Situation): 'primary' | 'no primary' | 'unknown' => {
  if (info?.ok) return 'primary';
  if (info?.code === 'InvalidArgument') return 'no primary';
  // Where nobody can ever tell, an object that was created as a secondary is taken at its word.
  return info?.code === 'Unimplemented' && demotionOf(facts.replication, undefined).kind === 'never'
    ? 'no primary'
    : 'unknown';
};

const beforeDemotionOfUnknown = (situation: Situation): Step | undefined => {
  if (wasNeverFound(situation)) return undefined;
  switch (tellsItself(situation)) {
    case 'no primary':
      return undefined;
    case 'primary':
      return refuseOrMark(situation, { ...primaryNow(situation), state: 'Primary' });
    case 'unknown': {
      const { info } = situation.answers;
      const said = info?.ok === false ? errorText(info) : 'nothing';
      const why = `whether it is primary is not known: the driver says ${said}`;
      return refuseOrMark(situation, { followed: { state: 'unknown', why }, conditions: [] });
    }
  }
};

/**
 * The driver demoted it already, and whoever asked for that did not live to write it down: there is nothing left to be refused, and what
 * was noted before that call is true.
 */
const markIfUnmarked = (situation: Situation): Step | undefined =>
  demotionOf(situation.facts.replication, undefined).kind === 'marked'
    ? undefined
    : markDemotion(situation, primaryNow(situation).followed);

/** What comes before the demotion of what is primary, or may be; undefined where it may be demoted. */
export const stepBeforeDemotion = (situation: Situation): Step | undefined => {
  if (situation.answers.demote !== undefined || currentState(situation.facts) === 'Secondary')
    return undefined;
  const ask = askForSync(situation);
  if (ask !== undefined) return ask;
  if (!isPrimary(situation)) return beforeDemotionOfUnknown(situation);
  return tellsItself(situation) === 'no primary'
    ? markIfUnmarked(situation)
    : refuseOrMark(situation, primaryNow(situation));
};

/** Whether what it holds may be on no other site, as it was demoted before that had followed: what a driver calls equal is not then. */
export const wasLeftUnfollowed = ({ replication }: Facts): boolean => {
  const demotion = demotionOf(replication, undefined);
  return demotion.kind === 'marked' && demotion.followed !== 'yes';
};
