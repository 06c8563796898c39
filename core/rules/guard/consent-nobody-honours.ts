import { consentAnnotation, whyConsentIsVoid } from '../../consent.ts';
import { whyNotPermitted } from '../consent-to.ts';
import { oneLine } from '../one-line.ts';
import type { ReplicationFacts } from '../replication-facts.ts';
import { kubectl, nameReplication, shellWord } from './commands.ts';
import type { GuardRule, Objection } from './objection.ts';

const plurals = {
  VolumeReplication: 'volumereplications',
  VolumeGroupReplication: 'volumegroupreplications',
} as const;

const risk = 'somebody would rely on it, or a controller would act on it later';

const whoMay = ({ kind, namespace, name, operation }: ReplicationFacts['change']): string => {
  const resource = `${plurals[kind]}.replication.storage.openshift.io`;
  const object = operation === 'CREATE' ? resource : `${resource}/${shellWord(name)}`;
  return `Have somebody write it who may consent; whether you may: ${kubectl({ namespace }, `auth can-i consent ${object}`)}`;
};

/**
 * DR112. A consent is refused when it is written if nobody could honour it, or its writer may not consent: a controller that finds it
 * later cannot tell who wrote it. It holds for a group's own VolumeReplication as well.
 */
export const consentNobodyHonours: GuardRule = (facts): readonly Objection[] => {
  if (facts.subject !== 'replication' || facts.change.operation === 'DELETE') return [];
  const { text, isNew, isUsed, now, user, mayConsent } = facts.consent;
  if (text === undefined || !isNew) return [];
  const fact = `the annotation ${consentAnnotation} on ${nameReplication(facts.change)} does not count`;
  const whyVoid = whyConsentIsVoid(text, now);
  if (whyVoid !== undefined) {
    const next = 'Write it as docs/consent.md shows, with an expiry of some minutes, or leave it out';
    return [{ fact: `${fact}: ${oneLine(whyVoid)}`, risk, next }];
  }
  if (isUsed) {
    const next = 'Write another one, with another expiry, as docs/consent.md shows';
    return [{ fact: `${fact}: its text was used for an earlier change of the spec`, risk, next }];
  }
  const whyNot = whyNotPermitted(user, mayConsent);
  return whyNot === undefined ? [] : [{ fact: `${fact}: ${whyNot}`, risk, next: whoMay(facts.change) }];
};
