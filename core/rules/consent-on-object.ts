import { consentAnnotation } from '../consent.ts';
import { isUsedElsewhere, usesAnnotation } from '../consent-use.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { known } from '../model/reading.ts';
import type { ConsentFacts } from './consent-facts.ts';

/**
 * What a stored object says of a consent, as dr-controller reads it. Admission decided who may give one, so the annotation is taken at its
 * word. It may be older than the change of the spec that it is used for, come with it, or be newer; its use is written down before the call.
 * `now`: milliseconds since the epoch.
 */
export const consentOnObject = (
  { metadata: { generation = 0, annotations } }: KubernetesObject,
  { user, now }: Pick<ConsentFacts, 'user' | 'now'>,
): ConsentFacts => {
  const text = annotations?.[consentAnnotation];
  return {
    text,
    isNew: false,
    isUsed: isUsedElsewhere({ consent: text, uses: annotations?.[usesAnnotation] }, generation),
    isRecorded: true,
    generations: [generation, generation - 1],
    mayConsent: known(true),
    user,
    now,
  };
};
