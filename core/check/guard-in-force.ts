import { knownValue } from '../model/reading-of.ts';
import { oneLine } from '../rules/one-line.ts';
import type { CheckFacts, Registration, SiteFacts, WebhookFacts } from './facts.ts';
import { type Check, type FindingLevel, finding, type Seen } from './finding.ts';
import { onEachSite } from './on-each.ts';

const says = (
  site: SiteFacts,
  level: FindingLevel,
  parts: { object?: Registration | undefined; message: string; next: string },
): Seen =>
  finding('DR408', level, {
    site,
    object: parts.object && { kind: parts.object.kind, name: parts.object.name },
    message: parts.message,
    next: parts.next,
  });

const notRegistered = (site: SiteFacts): Seen =>
  says(site, 'warning', {
    message:
      'dr-webhook is not registered: nothing refuses a change that makes two primaries, whoever makes it',
    next: `dr-webhook register ${site.site.kubectl.replace(/^kubectl */, '')}`,
  });

const leftOpen = (site: SiteFacts, guard: Registration): readonly Seen[] =>
  guard.failurePolicy === 'Fail'
    ? []
    : [
        says(site, 'warning', {
          object: guard,
          message: `has failurePolicy ${guard.failurePolicy}: whenever the webhook does not answer, every change passes unjudged`,
          next: `${site.site.kubectl} patch validatingwebhookconfiguration ${guard.name} -p '{"webhooks":[{"name":"guard.kubectl-dr.dev","failurePolicy":"Fail"}]}'`,
        }),
      ];

const nobodyAnswers = (site: SiteFacts, guard: Registration, { answer }: WebhookFacts): readonly Seen[] => {
  if (!answer.known)
    return [{ unknown: `whether the guard of ${site.site.name} answers: ${oneLine(answer.why)}` }];
  if (answer.value === 'yes') return [];
  const consequence =
    guard.failurePolicy === 'Fail' ? 'what it judges is refused' : 'everything passes unjudged';
  return [
    says(site, 'error', {
      object: guard,
      message: `is registered by ${guard.target.by} ${guard.target.text}, and the guard does not answer there, so that ${consequence}: ${oneLine(answer.value.no)}`,
      next: `${site.site.kubectl} get validatingwebhookconfiguration ${guard.name} -o yaml`,
    }),
  ];
};

const noRepair = (site: SiteFacts, { restore }: WebhookFacts): readonly Seen[] =>
  restore !== undefined
    ? []
    : [
        says(site, 'warning', {
          message:
            'the guard is registered, and the repair of restored volumes is not: a restored PV keeps the claim of the other cluster',
          next: `dr-webhook register ${site.site.kubectl.replace(/^kubectl */, '')}`,
        }),
      ];

const ofSite = (site: SiteFacts): readonly Seen[] => {
  const webhook = knownValue(site.webhook);
  const { guard } = webhook;
  if (guard === undefined) return [notRegistered(site)];
  return [...nobodyAnswers(site, guard, webhook), ...leftOpen(site, guard), ...noRepair(site, webhook)];
};

const kindOf = ({ webhook }: SiteFacts): string | undefined =>
  webhook.known ? webhook.value.guard?.target.by : undefined;

/** A URL is for development; one site by URL and one by Service was not meant so. */
const ofDifferentKind = ({ sites }: CheckFacts): readonly Seen[] => {
  const byUrl = sites.find((site) => kindOf(site) === 'url');
  const byService = sites.find((site) => kindOf(site) === 'service');
  if (byUrl === undefined || byService === undefined) return [];
  return [
    says(byUrl, 'warning', {
      object: byUrl.webhook.known ? byUrl.webhook.value.guard : undefined,
      message: `is registered by URL, and by Service on ${byService.site.name}: a URL is for development, and leads to one machine`,
      next: `${byUrl.site.kubectl} get validatingwebhookconfiguration kubectl-dr-guard -o yaml`,
    }),
  ];
};

/** DR408. A guard that is not in force guards nothing, or refuses everything. */
export const guardInForce: Check = {
  name: 'Webhook',
  codes: ['DR408'],
  look: (facts) => [...onEachSite(facts, ofSite), ...ofDifferentKind(facts)],
};
