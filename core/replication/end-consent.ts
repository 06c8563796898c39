import { type Consent, type ConsentAction, readConsent } from '../consent.ts';
import type { Facts } from './facts.ts';
import type { Step } from './step.ts';

const consentToAny = (
  { replication, now }: Facts,
  actions: readonly ConsentAction[],
): Consent | undefined => {
  for (const action of actions) {
    const reading = readConsent(replication, action, now);
    if (reading.state === 'valid') return reading.consent;
  }
  return undefined;
};

/**
 * Takes a consent away once what it was asked for is reached: it is void after its one use. One that also accepts an action of
 * `pending` stays until that one is through, too.
 */
export const endConsent = (
  facts: Facts,
  {
    reached,
    pending = [],
    outcome,
  }: { reached: readonly ConsentAction[]; pending?: readonly ConsentAction[]; outcome: string },
): Step | undefined => {
  const consent = consentToAny(facts, reached);
  if (consent === undefined || consent.accepts.some((action) => pending.includes(action))) return undefined;
  const because = consent.reason === undefined ? '' : ` (${consent.reason})`;
  return {
    do: 'remove-consent',
    note: {
      type: 'Normal',
      reason: 'ConsentRemoved',
      message: `Consent of ${consent.by}${because} removed: ${outcome}`,
    },
  };
};
