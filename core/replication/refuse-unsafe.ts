import { consentAnnotation } from '../consent.ts';
import { isUseRecorded, usesAnnotation, usesText } from '../consent-use.ts';
import { judgeRules } from '../rules/guard/judge-guard.ts';
import type { GuardCode } from '../rules/rule-code.ts';
import type { Finding, GuardVerdict } from '../rules/verdict.ts';
import type { Answers } from './answer.ts';
import {
  type ConditionSet,
  failedPromotion,
  failedResync,
  unmet,
  unmetPrerequisite,
} from './condition-sets.ts';
import { type CarefulCall, currentState, type Facts } from './facts.ts';
import { type Call, ruleFacts } from './rule-facts.ts';
import type { StatusChange } from './status-change.ts';
import { handOverBackoffMs, longestBackoffMs, type Requeue, type Step } from './step.ts';

type Refusals = readonly Finding<GuardCode>[];

const promotionRules = [
  'DR101',
  'DR102',
  'DR104',
  'DR106',
  'DR113',
  'DR115',
] as const satisfies readonly GuardCode[];
const resyncRules = ['DR108'] as const satisfies readonly GuardCode[];
/** Nothing tells when the other site changes, so it is asked again. */
const peerRules: readonly GuardCode[] = ['DR102', 'DR108', 'DR113', 'DR115'];
const firstRetryMs = 1_000;

const retryOf = (refusals: Refusals): Requeue => ({
  when: 'backoff',
  firstMs: firstRetryMs,
  capMs: refusals.some(({ code }) => peerRules.includes(code)) ? handOverBackoffMs : longestBackoffMs,
});

/**
 * Whether an earlier call may have promoted the volume although it failed: a driver can answer an error and do it all the same
 * (recorded from ceph-csi: a warning on stderr became `Internal`). Then the volume is no replica for sure.
 */
const mayHavePromoted = ({ replication: { metadata, status } }: Facts): boolean => {
  const current = (status?.conditions ?? []).filter(
    ({ observedGeneration }) => observedGeneration === metadata.generation,
  );
  const tried = current.some(({ type, reason, message, status: value }) => {
    const wasPromote = reason === 'FailedToPromote' && /^failed to (force )?promote volume$/.test(message);
    return type === 'Completed' && value === 'False' && wasPromote;
  });
  const refused = current.some(
    ({ type, message }) => type === 'Degraded' && message.includes('code = FailedPrecondition'),
  );
  return tried && !refused;
};

/** What stands against the demotion of a primary, and what a consent lets pass of it. */
export const judgeDemotion = (facts: Facts, call: Extract<Call, { kind: 'demotion' }>): GuardVerdict =>
  judgeRules(ruleFacts(facts, call), ['DR113']);

/** A consent counts once its use is written where everybody sees it; undefined where it is. */
export const recordUse = ({ replication: { metadata }, now }: Facts): Step | undefined => {
  const { generation = 0, annotations } = metadata;
  const [consent, uses] = [annotations?.[consentAnnotation], annotations?.[usesAnnotation]];
  if (isUseRecorded({ consent, uses }, generation)) return undefined;
  const text = usesText({ uses: [uses], consent, generation, now });
  return text === undefined ? undefined : { do: 'record-consent', text };
};

/** What a consent let pass is written down before the call. */
const recordWaived = (facts: Facts, { waived }: GuardVerdict): Step | undefined =>
  waived.length === 0 ? undefined : recordUse(facts);

/** Ends a pass without the call that rules stand against. */
export const refuse = (
  facts: Facts,
  refusals: Refusals,
  {
    reason,
    conditions,
    requeue = retryOf(refusals),
    state = mayHavePromoted(facts) ? 'Unknown' : undefined,
  }: {
    reason: string;
    conditions: (source: string, message: string, error: string) => ConditionSet;
    requeue?: Requeue;
    state?: StatusChange['state'];
  },
): Step => {
  const message = refusals.map((finding) => `${finding.code}: ${finding.message}`).join('; ');
  return {
    do: 'finish',
    status: {
      message,
      conditions: unmet(conditions('volume', unmetPrerequisite, message), message),
      ...(state === undefined ? {} : { state }),
    },
    requeue,
    notes: [{ type: 'Warning', reason, message }],
  };
};

/** The promote that is next, as far as it can do harm: undefined once it was made, or when no other will follow. */
const nextPromote = (facts: Facts, { promote, forcedPromote }: Answers): CarefulCall | undefined => {
  if (facts.replication.spec.replicationState !== 'primary' || currentState(facts) === 'Primary') {
    return undefined;
  }
  if (promote === undefined) return 'promote';
  const wantsForce = !promote.ok && promote.code === 'FailedPrecondition';
  return wantsForce && forcedPromote === undefined ? 'force' : undefined;
};

/** What the webhook asks at admission is asked again on fresh facts before a promote, and again before it is forced. */
export const stepBeforePromotion = (facts: Facts, answers: Answers): Step | undefined => {
  const before = nextPromote(facts, answers);
  if (before === undefined) return undefined;
  const { look } = facts;
  if (look?.before !== before) return { do: 'look-closer', before };
  const rules = promotionRules.filter((code) => code !== 'DR102' || facts.forcePolicy === 'consent');
  const verdict = judgeRules(ruleFacts(facts, { kind: 'replica', look }), rules);
  const { refusals } = verdict;
  if (refusals.length === 0) return recordWaived(facts, verdict);
  return refuse(facts, refusals, { reason: 'PromoteRefused', conditions: failedPromotion });
};

/** A forced resync throws this site's copy away: with a peer known, that one is asked first whether it holds the data. */
export const stepBeforeResync = (facts: Facts): Step | undefined => {
  if (!facts.hasPeer) return undefined;
  const { look } = facts;
  if (look?.before !== 'resync') return { do: 'look-closer', before: 'resync' };
  const verdict = judgeRules(ruleFacts(facts, { kind: 'replica', look }), resyncRules);
  const { refusals } = verdict;
  if (refusals.length === 0) return recordWaived(facts, verdict);
  return refuse(facts, refusals, { reason: 'ResyncRefused', conditions: failedResync });
};
