import { whyConsentIsVoid } from '../../core/consent.ts';
import { isUsedElsewhere, usesAnnotation } from '../../core/consent-use.ts';
import { consentTextOf, type ReplicationSubject } from '../../core/protection/replication-subject.ts';
import type { ConsentFacts } from '../../core/rules/consent-facts.ts';
import { leavesPrimary, needsPeer } from '../../core/rules/guard/replication-intent.ts';
import { generationAfter, isConsentRecorded } from '../../core/rules/repair/record-consent.ts';
import type { ReplicationChange } from '../../core/rules/replication-facts.ts';
import type { Sources } from './sources.ts';

/** Facts about a consent that nobody but the caches was asked for. */
export type ConsentOnRecord = Omit<ConsentFacts, 'mayConsent'>;

/** What the object says of a consent. */
export const readConsentOnRecord = (
  { now }: Pick<Sources, 'now'>,
  { operation, before, after }: ReplicationSubject,
  username: string,
): ConsentOnRecord => {
  const earlier = consentTextOf(before);
  const text = operation === 'DELETE' ? earlier : consentTextOf(after);
  const uses = before?.metadata.annotations?.[usesAnnotation];
  return {
    text,
    isNew: operation !== 'DELETE' && text !== undefined && text !== earlier,
    isUsed: isUsedElsewhere({ consent: text, uses }, generationAfter(before)),
    // What is deleted is not there any more to be used again.
    isRecorded: operation === 'DELETE' || isConsentRecorded(before, after),
    generations: [before?.metadata.generation ?? 0],
    user: username,
    now: now(),
  };
};

const canBeWaived = (change: ReplicationChange): boolean =>
  !change.followsGroup && (needsPeer(change) || leavesPrimary(change) || change.operation === 'DELETE');

/** Whether it makes a difference if the user may consent: not for a text that nobody could honour. */
export const consentMatters = (
  { text, isNew, isUsed, now }: ConsentOnRecord,
  change: ReplicationChange,
): boolean =>
  text !== undefined &&
  !isUsed &&
  whyConsentIsVoid(text, now) === undefined &&
  (isNew || canBeWaived(change));
