import { formatTime } from '../model/condition.ts';
import { knownValue } from '../model/reading-of.ts';
import { formatAge } from '../status/age.ts';
import type { CertificateLife, CheckFacts, Registration, SiteFacts } from './facts.ts';
import { type Check, type FindingLevel, finding, type Seen } from './finding.ts';
import { onEachSite } from './on-each.ts';

/** dr-webhook replaces its authority four months before it ends; cert-manager renews 30 days before. */
const warnBeforeMs = 14 * 24 * 3_600_000;

/** A bundle is good for as long as its last authority, and begins with its first. */
const lastOf = (bundle: readonly CertificateLife[]): CertificateLife | undefined =>
  bundle.toSorted((a, b) => b.until - a.until)[0];

const ofRegistration = (site: SiteFacts, registration: Registration, now: number): readonly Seen[] => {
  const { kind, name, bundle } = registration;
  const says = (level: FindingLevel, message: string): readonly Seen[] => [
    finding('DR412', level, {
      site,
      object: { kind, name },
      message,
      next: `${site.site.kubectl} -n kubectl-dr get pods`,
    }),
  ];
  if (!bundle.known)
    return [{ unknown: `the CA bundle of ${kind} ${name} on ${site.site.name}: ${bundle.why}` }];
  const last = lastOf(bundle.value);
  if (last === undefined)
    return says(
      'error',
      'carries no CA bundle: API servers do not trust the webhook, and nobody answers for it',
    );
  if (last.until <= now)
    return says(
      'error',
      `its CA bundle expired at ${formatTime(last.until)}: API servers do not trust the webhook`,
    );
  if (bundle.value.every(({ from }) => from > now))
    return says('error', 'no certificate of its CA bundle is valid yet: are the clocks right?');
  if (last.until - now > warnBeforeMs) return [];
  return says(
    'warning',
    `its CA bundle ends in ${formatAge(last.until - now)}, at ${formatTime(last.until)}, and should have been renewed: is dr-webhook, or whoever keeps its certificates, running?`,
  );
};

const ofSite = (site: SiteFacts, now: number): readonly Seen[] => {
  const { guard, restore } = knownValue(site.webhook);
  return [guard, restore].flatMap((registration) =>
    registration === undefined ? [] : ofRegistration(site, registration, now),
  );
};

/** DR412. With the bundle ends the guard, and with a closed guard every change that it judges. */
export const webhookCertificates: Check = {
  name: 'WebhookCertificates',
  codes: ['DR412'],
  look: (facts: CheckFacts) => onEachSite(facts, (site) => ofSite(site, facts.now)),
};
