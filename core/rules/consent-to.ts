import { readConsentText } from '../consent.ts';
import type { Reading } from '../model/reading.ts';
import type { ConsentFacts, ConsentTo } from './consent-facts.ts';
import { oneLine } from './one-line.ts';

/** What is said of a user whom RBAC does not let consent, or of whom nobody knows; undefined where it lets them. */
export const whyNotPermitted = (user: string, mayConsent: Reading<boolean>): string | undefined => {
  const who = `user "${oneLine(user, 100)}"`;
  if (!mayConsent.known) return `whether ${who} may consent is unknown (${oneLine(mayConsent.why)})`;
  return mayConsent.value ? undefined : `${who} may not consent (RBAC verb "consent")`;
};

const whyNotNow = ({ isUsed, mayConsent, user }: ConsentFacts, by: string): string | undefined =>
  isUsed
    ? `the consent of ${by} was used: each is good for one change of the spec`
    : whyNotPermitted(user, mayConsent);

/**
 * What consent there is to one action: valid only if it parses, accepts the action, has not expired, was not used, and
 * the requesting user may consent. What is unknown about it makes it void.
 */
export const consentTo: ConsentTo = (facts, action) => {
  const reading = readConsentText(facts.text, action, facts.now);
  if (reading.state === 'absent') return reading;
  if (reading.state === 'void') return { state: 'void', why: oneLine(reading.why) };
  const by = oneLine(reading.consent.by, 100);
  const why = whyNotNow(facts, by);
  if (why !== undefined) return { state: 'void', why };
  const { reason } = reading.consent;
  return { state: 'valid', by, reason: reason === undefined ? undefined : oneLine(reason) };
};
