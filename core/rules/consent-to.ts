import { type Consent, type ConsentAction, readConsentText } from '../consent.ts';
import { type Seen, type Sight, whyWorse } from '../consent-seen.ts';
import type { Reading } from '../model/reading.ts';
import type { ConsentFacts, ConsentToAction } from './consent-facts.ts';
import { isCutShort } from './cut-short.ts';
import { oneLine } from './one-line.ts';
import type { ReplicationFacts } from './replication-facts.ts';
import { sightOf } from './sight-of-change.ts';

/** What is said of a user whom RBAC does not let consent, or of whom nobody knows; undefined where it lets them. */
export const whyNotPermitted = (user: string, mayConsent: Reading<boolean>): string | undefined => {
  const who = `user "${oneLine(user, 100)}"`;
  if (!mayConsent.known) return `whether ${who} may consent is unknown (${oneLine(mayConsent.why)})`;
  return mayConsent.value ? undefined : `${who} may not consent (RBAC verb "consent")`;
};

const whyUsed = ({ isUsed }: ConsentFacts, by: string): string | undefined =>
  isUsed ? `the consent of ${by} was used: each is good for one change of the spec` : undefined;

/** The other half of dr-webhook writes the use down; where that is away, nobody could tell a second use from the first. */
const whyUnrecorded = ({ isRecorded }: ConsentFacts, by: string): string | undefined =>
  isRecorded
    ? undefined
    : `the use of the consent of ${by} is not written down on the object, as webhook consent.kubectl-dr.dev does with the change ("kubectl dr explain DR205")`;

const whyCutShort = (facts: ReplicationFacts, action: ConsentAction): string | undefined =>
  isCutShort(facts, action) ? 'nobody has looked at what it is for as a whole yet' : undefined;

const whyOutOfSight = (seen: Seen, sight: Sight, action: ConsentAction, by: string): string | undefined => {
  const why = whyWorse(seen, sight, action);
  return why === undefined ? undefined : `the consent of ${by} ${oneLine(why)}`;
};

const whyNotNow = (
  facts: ReplicationFacts,
  { seen, by: giver }: Consent,
  action: ConsentAction,
): string | undefined => {
  const by = oneLine(giver, 100);
  const { consent } = facts;
  return (
    whyCutShort(facts, action) ??
    whyUsed(consent, by) ??
    whyNotPermitted(consent.user, consent.mayConsent) ??
    whyOutOfSight(seen, sightOf(facts, action), action, by) ??
    whyUnrecorded(consent, by)
  );
};

/**
 * What consent there is to one action: valid only if it parses, accepts the action, has not expired, was not used, its giver saw
 * nothing better than what is seen now, and the requesting user may consent. What is unknown about it makes it void.
 */
export const consentTo = (facts: ReplicationFacts, action: ConsentAction): ConsentToAction => {
  const reading = readConsentText(facts.consent.text, action, facts.consent.now);
  if (reading.state === 'absent') return reading;
  if (reading.state === 'void') return { state: 'void', why: oneLine(reading.why) };
  const why = whyNotNow(facts, reading.consent, action);
  if (why !== undefined) return { state: 'void', why };
  const { by, reason } = reading.consent;
  return {
    state: 'valid',
    by: oneLine(by, 100),
    reason: reason === undefined ? undefined : oneLine(reason),
  };
};
