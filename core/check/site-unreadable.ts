import type { Reading } from '../model/reading.ts';
import { isRefused } from '../model/site-refusal.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';

/** Its own check says so. */
const lacksDefinitions = ({ replicationDefinition }: SiteFacts): boolean =>
  replicationDefinition.known && replicationDefinition.value === undefined;

/** What else was to be read, by the word that kubectl takes. */
const partsOf = (site: SiteFacts): readonly (readonly [string, Reading<unknown>])[] => [
  ['volumereplicationclasses', site.objects.known ? site.objects.value.classes : site.objects],
  ['persistentvolumeclaims', site.objects.known ? site.objects.value.claims : site.objects],
  ['persistentvolumes', site.objects.known ? site.objects.value.volumes : site.objects],
  ['customresourcedefinitions', site.replicationDefinition],
  ['storageclasses', site.storageClasses],
  ['csidrivers', site.csiDrivers],
  ['csinodes', site.csiNodes],
  ['csiaddonsnodes', site.csiAddonsNodes],
  ['leases', site.leases],
  ['namespaces', site.namespaces],
  ['pods', site.pods],
  ['validatingwebhookconfigurations', site.webhook],
];

const partlyUnreadable = (site: SiteFacts): Seen[] =>
  partsOf(site).flatMap(([plural, reading]) =>
    reading.known
      ? []
      : [
          finding('DR401', 'warning', {
            site,
            message: `${reading.why}: what depends on it is not checked`,
            next: `${site.site.kubectl} auth can-i list ${plural}${plural === 'leases' ? ' -A' : ''}`,
          }),
        ],
  );

const ofSite = (site: SiteFacts): readonly Seen[] => {
  if (site.objects.known) return partlyUnreadable(site);
  if (lacksDefinitions(site)) return [];
  return [
    finding('DR401', 'error', {
      site,
      message: `cannot be read: ${site.objects.why}; it may hold anything, and nothing about it is checked`,
      next: `${site.site.kubectl} ${isRefused(site.objects) ? 'auth whoami' : 'get --raw=/readyz'}`,
    }),
  ];
};

/** DR401. What was not read is not fine: a site that does not answer, or a kind that may not be listed there. */
export const siteUnreadable: Check = {
  name: 'SitesReadable',
  codes: ['DR401'],
  look: ({ sites }: CheckFacts) => sites.flatMap(ofSite),
};
