import { type ConsentAction, consentAnnotation } from '../consent.ts';
import { copyFactsBefore } from '../following/copy-facts.ts';
import { ownWritesBefore } from '../following/own-writes.ts';
import { known } from '../model/reading.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { describeMember } from '../protection/describe-member.ts';
import { changeOf, type ReplicationSubject } from '../protection/replication-subject.ts';
import type { ConsentFacts } from '../rules/consent-facts.ts';
import { consentOnObject } from '../rules/consent-on-object.ts';
import { consentTo } from '../rules/consent-to.ts';
import { judgeGuard } from '../rules/guard/judge-guard.ts';
import type { Member, ReplicationFacts } from '../rules/replication-facts.ts';
import type { GuardVerdict } from '../rules/verdict.ts';
import { replicationOfVolume } from '../status/replication.ts';
import { isJournalClass } from '../status/schedule.ts';
import type { StepFacts } from './step-facts.ts';

/** A replication before and after a step; undefined where there is none. */
export type ReplicationStep = {
  readonly before: VolumeReplication | undefined;
  readonly after: VolumeReplication | undefined;
};

const subjectOf = ({ before, after }: ReplicationStep): ReplicationSubject => {
  const object = (after ?? before) as VolumeReplication;
  return {
    operation: before === undefined ? 'CREATE' : after === undefined ? 'DELETE' : 'UPDATE',
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? '',
    shown: { kind: 'VolumeReplication', object },
    before,
    after,
  };
};

/** How a step is judged. */
export type JudgeOptions = {
  /** What it means that no other site is known. */
  readonly withoutPeer: 'allow' | 'refuse';
  /** What a person may be asked to accept: what that lets pass comes back as `waived`. */
  readonly offers?: readonly ConsentAction[];
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/**
 * As if the person who is asked had agreed already, to whatever there is to be seen: what they are asked about is for who decides the step.
 * Who may consent is decided at admission, by the text that is written then.
 */
const consentIn = (
  { offers = [], now }: JudgeOptions,
  before: VolumeReplication | undefined,
): ConsentFacts => ({
  text:
    offers.length === 0
      ? undefined
      : JSON.stringify({
          accepts: offers,
          seen: { peer: offers.includes('resync') ? 'not-primary' : 'primary' },
          maxLoss: 'unknown',
          by: 'whoever is asked',
          expires: new Date(now + 60_000).toISOString(),
        }),
  isNew: true,
  isUsed: false,
  isRecorded: true,
  isSupposed: true,
  generations: [before?.metadata.generation ?? 0],
  mayConsent: known(offers.length > 0),
  user: '',
  now,
});

const ruleFactsOf = (facts: StepFacts, step: ReplicationStep, options: JudgeOptions): ReplicationFacts => {
  const subject = subjectOf(step);
  const { key, claim, site } = facts;
  const member: Member = { ...describeMember(site, subject, { key, claim }), peer: facts.peer.view };
  const className = (step.after ?? step.before)?.spec.volumeReplicationClass ?? '';
  const found = readingOf(() => site.replicationClass(className));
  return {
    subject: 'replication',
    change: changeOf(subject, { followsGroup: false, isProtecting: step.before !== undefined }),
    members: known([member]),
    classes: readingOf(() => [
      {
        kind: 'VolumeReplicationClass' as const,
        name: className,
        provisioner: knownValue(found)?.spec.provisioner,
      },
    ]),
    namespaceTerminating: known(false),
    copy: copyFactsBefore(step.before && replicationOfVolume(step.before), {
      isJournal: found.known && isJournalClass(found.value),
    }),
    ownWrites: ownWritesBefore(step.before && replicationOfVolume(step.before)),
    consent: consentIn(options, step.before),
    withoutPeer: options.withoutPeer,
  };
};

/** What the safety rules say to a step: the same code as at admission. Waived is what the offered consent would let pass. */
export const judgeStep = (facts: StepFacts, step: ReplicationStep, options: JudgeOptions): GuardVerdict =>
  judgeGuard(ruleFactsOf(facts, step, options));

/** Whether a replication that was asked for a step carries a consent to an action of it, by what both sites show now. */
export const isConsentedTo = (
  facts: StepFacts,
  {
    replication,
    before,
  }: { readonly replication: VolumeReplication; readonly before: VolumeReplication | undefined },
  { action, now }: { readonly action: ConsentAction; readonly now: number },
): boolean => {
  const asked = ruleFactsOf(facts, { before, after: replication }, { withoutPeer: 'refuse', now });
  return (
    consentTo({ ...asked, consent: consentOnObject(replication, { user: '', now }) }, action).state ===
    'valid'
  );
};

/** A replication that asks for something else. A consent of before is not taken along. */
export const withWish = (
  before: VolumeReplication,
  replicationState: VolumeReplication['spec']['replicationState'],
): VolumeReplication => {
  const { [consentAnnotation]: _, ...annotations } = before.metadata.annotations ?? {};
  return {
    ...before,
    metadata: { ...before.metadata, annotations },
    spec: { ...before.spec, replicationState, autoResync: false },
  };
};
